-- Name the transaction after its run, for readers of pg_stat_activity. $1: the name.
SELECT pg_catalog.set_config('application_name', $1, true)

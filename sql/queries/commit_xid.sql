-- Before COMMIT: the transaction's id, and the start of the server that gave it, by which its outcome can be asked for.
SELECT pg_catalog.pg_current_xact_id(), pg_catalog.pg_postmaster_start_time()

-- How many rows the log of a base has. $1 base.
SELECT count(*) FROM public.sync_logs WHERE base = $1

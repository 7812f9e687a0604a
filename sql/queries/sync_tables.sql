-- The rows of one sync. $1 base, $2 sync id.
SELECT id, table_name, status, sync_type, skipped FROM public.sync_logs WHERE base = $1 AND sync_id = $2 ORDER BY id

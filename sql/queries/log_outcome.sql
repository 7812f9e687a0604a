-- How a run ended whose COMMIT got no reply. $1 sync id.
SELECT status FROM public.sync_logs WHERE sync_id = $1 ORDER BY id LIMIT 1

-- A run that failed: nothing of it was kept. $1 sync id, $2 why.
UPDATE public.sync_logs
   SET status = 'failed', error_message = $2, completed_at = pg_catalog.now()
 WHERE sync_id = $1 AND status = 'running'

-- Runs that were killed: the next run that has the base's lock marks them. $1 base.
UPDATE public.sync_logs
   SET status = 'failed', error_message = 'interrupted', completed_at = pg_catalog.now()
 WHERE base = $1 AND status = 'running'

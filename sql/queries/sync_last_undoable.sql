-- The newest sync that changed something and was not rolled back. $1 base.
SELECT sync_id FROM public.sync_logs
 WHERE base = $1 AND status = 'completed' AND sync_type <> 'rollback' AND NOT skipped
   AND records_created + records_updated + records_deleted > 0
 ORDER BY id DESC
 LIMIT 1

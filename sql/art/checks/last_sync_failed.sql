-- summary: Tables whose last sync failed
-- severity: error
-- advice: Read the message, mend its cause and run artsync sync again; nothing was changed by the failed sync.
SELECT l.sync_id, coalesce(l.table_name, '(all)') AS table_name, l.started_at, l.error_message
  FROM public.sync_logs l
 WHERE l.base = 'art' AND l.sync_type <> 'rollback' AND l.status = 'failed'
   AND NOT EXISTS (SELECT
                     FROM public.sync_logs n
                    WHERE n.base = 'art' AND n.id > l.id AND n.sync_type <> 'rollback' AND n.status <> 'running'
                      AND (l.table_name IS NULL OR n.table_name = l.table_name))
 ORDER BY l.id

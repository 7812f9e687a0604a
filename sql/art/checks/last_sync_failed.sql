-- summary: Tables whose last sync failed or was killed
-- severity: error
-- advice: Read the message, fix its cause and run artsync sync again; nothing was changed by the failed sync.
-- A sync that was killed still says running; its transaction is not in progress any more.
WITH failed AS (
    SELECT l.id, l.sync_id, l.table_name, l.started_at, l.error_message
      FROM public.sync_logs l
     WHERE l.base = 'art' AND l.sync_type <> 'rollback' AND l.status = 'failed'
    UNION ALL
    SELECT l.id, l.sync_id, l.table_name, l.started_at, 'interrupted'
      FROM public.sync_logs l
     WHERE l.base = 'art' AND l.sync_type <> 'rollback' AND l.status = 'running'
       AND NOT EXISTS (SELECT
                         FROM pg_catalog.pg_snapshot_xip(pg_catalog.pg_current_snapshot()) AS alive (xid)
                        WHERE alive.xid = l.data_xid)
)
SELECT f.sync_id, coalesce(f.table_name, '(all)') AS table_name, f.started_at, f.error_message
  FROM failed f
 WHERE NOT EXISTS (SELECT
                     FROM public.sync_logs n
                    WHERE n.base = 'art' AND n.id > f.id AND n.sync_type <> 'rollback' AND n.status <> 'running'
                      AND (f.table_name IS NULL OR n.table_name = f.table_name))
 ORDER BY f.id

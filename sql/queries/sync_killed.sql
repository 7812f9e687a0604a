-- The newest run that says running although its transaction has ended: its id, type and start. It was killed, or its log
-- could not be written. $1 base.
SELECT l.sync_id, l.sync_type, pg_catalog.to_char(l.started_at, 'YYYY-MM-DD HH24:MI:SS TZ')
  FROM public.sync_logs AS l
 WHERE l.base = $1 AND l.status = 'running'
   AND NOT EXISTS (SELECT
                     FROM pg_catalog.pg_snapshot_xip(pg_catalog.pg_current_snapshot()) AS alive (xid)
                    WHERE alive.xid = l.data_xid)
 ORDER BY l.id DESC
 LIMIT 1

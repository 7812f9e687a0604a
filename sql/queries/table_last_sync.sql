-- A table's last completed sync, skips included, and its open rejects; always one row. $1 base, $2 table.
SELECT l.sync_id, pg_catalog.to_char(l.completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       (SELECT pg_catalog.count(*) FROM artsync.rejects AS r JOIN public.sync_logs AS o ON o.id = r.opened_log
         WHERE o.base = $1 AND o.table_name = $2 AND r.closed_log IS NULL)
  FROM (SELECT 1) AS one
  LEFT JOIN (SELECT sync_id, completed_at FROM public.sync_logs
              WHERE base = $1 AND table_name = $2 AND status = 'completed' AND sync_type <> 'rollback'
              ORDER BY id DESC LIMIT 1) AS l ON true

-- ... and open again what that sync had refused and a later one, undone since, had closed.
-- $1 the undone sync's log id, $2 the rollback's. Runs after rejects_withdraw.
WITH reader AS (
    SELECT o.base, o.table_name, max(n.id) AS id
      FROM public.sync_logs AS o JOIN public.sync_logs AS n
        ON n.base = o.base AND n.table_name = o.table_name AND n.id <> o.id AND n.status = 'completed'
       AND NOT n.skipped AND n.sync_type <> 'rollback'
     WHERE o.id = $1::bigint
     GROUP BY o.base, o.table_name)
INSERT INTO artsync.rejects (opened_log, header_log, is_new, record_id, file, record, line, column_name, value,
                             code, reason, raw, source)
SELECT $2::bigint, r.header_log, false, r.record_id, r.file, r.record, r.line, r.column_name, r.value, r.code,
       r.reason, r.raw, r.source
  FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
  JOIN reader ON l.base = reader.base AND l.table_name = reader.table_name
 WHERE r.opened_log <= reader.id AND r.closed_log > reader.id
 ORDER BY r.id

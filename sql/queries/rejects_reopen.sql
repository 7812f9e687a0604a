-- What the undone sync had closed is open again, if that sync was the last to read the table.
-- $1 the sync's log id, $2 the rollback's.
INSERT INTO artsync.rejects (opened_log, is_new, record_id, file, record, line, column_name, value, code, reason, raw,
                             source)
SELECT $2::bigint, false, r.record_id, r.file, r.record, r.line, r.column_name, r.value, r.code, r.reason, r.raw, r.source
  FROM artsync.rejects AS r
 WHERE r.closed_log = $1::bigint
   AND NOT EXISTS (SELECT FROM public.sync_logs AS o JOIN public.sync_logs AS n
                       ON n.base = o.base AND n.table_name = o.table_name AND n.id > o.id
                    WHERE o.id = $1::bigint AND n.status = 'completed' AND NOT n.skipped)
 ORDER BY r.id

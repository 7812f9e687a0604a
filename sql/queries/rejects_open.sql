-- Open what is not open yet at the same place of the same file; is_new tells news from what only moved.
-- $1 base, $2 table, $3 log id.
WITH open AS (
    SELECT r.* FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
     WHERE l.base = $1 AND l.table_name = $2 AND r.closed_log IS NULL)
INSERT INTO artsync.rejects (opened_log, header_log, is_new, record_id, file, record, line, column_name, value,
                             code, reason, raw, source)
SELECT $3::bigint, $3::bigint,
       NOT EXISTS (SELECT FROM open AS o
                    WHERE o.raw = f.raw AND o.code = f.code AND o.record_id IS NOT DISTINCT FROM f.record_id
                      AND (o.column_name IS NOT DISTINCT FROM f.column_name OR f.code = 'repeated_unique_key')),
       f.record_id, f.file, f.record, f.line, f.column_name, f.value, f.code, f.reason, f.raw, f.source
  FROM pg_temp.artsync_found AS f
 WHERE NOT EXISTS (SELECT FROM open AS o
                    WHERE o.raw = f.raw AND o.code = f.code AND o.record_id IS NOT DISTINCT FROM f.record_id
                      AND (o.column_name IS NOT DISTINCT FROM f.column_name OR f.code = 'repeated_unique_key')
                      AND o.file = f.file AND o.record = f.record AND o.line = f.line
                      AND o.source = f.source)
 ORDER BY f.seq

-- Open what is not open yet at the same place of the same file; is_new tells new ones from those that only moved.
-- $1 base, $2 table, $3 log id. See rejects_count_new for the windows.
WITH each AS (
    SELECT f.seq, f.record_id, f.file, f.record, f.line, f.column_name, f.value, f.code, f.reason, f.raw, f.source,
           CASE WHEN f.code <> 'repeated_unique_key' THEN f.column_name END AS part
      FROM pg_temp.artsync_found AS f
    UNION ALL
    SELECT NULL, r.record_id, r.file, r.record, r.line, NULL, NULL, r.code, NULL, r.raw, r.source,
           CASE WHEN r.code <> 'repeated_unique_key' THEN r.column_name END
      FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
     WHERE l.base = $1 AND l.table_name = $2 AND r.closed_log IS NULL),
compared AS (
    SELECT e.*,
           pg_catalog.bool_or(e.seq IS NULL) OVER (PARTITION BY e.raw, e.code, e.record_id, e.part) AS was_open,
           pg_catalog.bool_or(e.seq IS NULL) OVER (PARTITION BY e.raw, e.code, e.record_id, e.part, e.file, e.record,
                                                                e.line, e.source) AS stays
      FROM each AS e)
INSERT INTO artsync.rejects (opened_log, header_log, is_new, record_id, file, record, line, column_name, value,
                             code, reason, raw, source)
SELECT $3::bigint, $3::bigint, NOT c.was_open, c.record_id, c.file, c.record, c.line, c.column_name, c.value, c.code,
       c.reason, c.raw, c.source
  FROM compared AS c
 WHERE c.seq IS NOT NULL AND NOT c.stays
 ORDER BY c.seq

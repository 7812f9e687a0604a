-- Open rejects that the sync did not find again in the same place: id and record id. $1 base, $2 table.
-- See rejects_count_new for the windows.
WITH each AS (
    SELECT NULL::bigint AS id, f.raw, f.code, f.record_id, f.file, f.record, f.line, f.source,
           CASE WHEN f.code <> 'repeated_unique_key' THEN f.column_name END AS part
      FROM pg_temp.artsync_found AS f
    UNION ALL
    SELECT r.id, r.raw, r.code, r.record_id, r.file, r.record, r.line, r.source,
           CASE WHEN r.code <> 'repeated_unique_key' THEN r.column_name END
      FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
     WHERE l.base = $1 AND l.table_name = $2 AND r.closed_log IS NULL)
SELECT u.id, u.record_id
  FROM (SELECT e.id, e.record_id,
               pg_catalog.bool_or(e.id IS NULL) OVER (PARTITION BY e.raw, e.code, e.record_id, e.part, e.file, e.record,
                                                                   e.line, e.source) AS found
          FROM each AS e) AS u
 WHERE u.id IS NOT NULL AND NOT u.found

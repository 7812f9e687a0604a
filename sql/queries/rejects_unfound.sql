-- Open rejects that the sync did not find again in the same place: id and record id. $1 base, $2 table.
SELECT r.id, r.record_id
  FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
 WHERE l.base = $1 AND l.table_name = $2 AND r.closed_log IS NULL
   AND NOT EXISTS (SELECT FROM pg_temp.artsync_found AS f
                    WHERE r.raw = f.raw AND r.code = f.code AND r.record_id IS NOT DISTINCT FROM f.record_id
                      AND (r.column_name IS NOT DISTINCT FROM f.column_name OR f.code = 'repeated_unique_key')
                      AND r.file = f.file AND r.record = f.record AND r.line = f.line
                      AND r.source = f.source)

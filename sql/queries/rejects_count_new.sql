-- How many rejects are news: not open yet with the same cells and reason. $1 base, $2 table.
SELECT count(*)
  FROM pg_temp.artsync_found AS f
 WHERE NOT EXISTS (
        SELECT FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
         WHERE l.base = $1 AND l.table_name = $2 AND r.closed_log IS NULL
           AND r.raw = f.raw AND r.code = f.code
           AND r.record_id IS NOT DISTINCT FROM f.record_id AND (r.column_name IS NOT DISTINCT FROM f.column_name OR f.code = 'repeated_unique_key'))

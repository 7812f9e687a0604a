-- The syncs of a base, newest first, a row a table. $1 base, $2 table (NULL: all), $3 how many syncs (NULL: all).
WITH syncs AS (
    SELECT sync_id, pg_catalog.max(id) AS last,
           CASE WHEN pg_catalog.bool_or(status = 'running') THEN 'running'
                WHEN pg_catalog.bool_or(status = 'failed') THEN 'failed'
                ELSE pg_catalog.max(status) END AS status,
           pg_catalog.max(error_message) AS reason
      FROM public.sync_logs
     WHERE base = $1 AND ($2::text IS NULL OR table_name = $2)
     GROUP BY sync_id
     ORDER BY last DESC
     LIMIT $3::bigint)
SELECT l.sync_id, l.sync_type, s.status,
       pg_catalog.to_char(l.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       pg_catalog.to_char(l.completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       l.table_name, l.records_processed, l.records_created, l.records_updated, l.records_deleted, l.records_failed,
       l.source_file, l.source_hash,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - l.started_at))::bigint,
       s.reason, l.of_sync, l.skipped, l.origin
  FROM syncs AS s JOIN public.sync_logs AS l ON l.sync_id = s.sync_id
 WHERE l.base = $1 AND ($2::text IS NULL OR l.table_name = $2)
 ORDER BY s.last DESC, l.id

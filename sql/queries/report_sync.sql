-- One run as its log has it, a row a table, in the order of the log: type, status, why it failed, which sync it undid, start,
-- milliseconds, table, file, hash, skipped, forced, then all columns, of which the counters are found by their names.
-- $1 base, $2 sync id.
SELECT sync_type, status, error_message, of_sync, pg_catalog.to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       pg_catalog.round(1000 * extract(epoch FROM pg_catalog.max(completed_at) OVER () - pg_catalog.min(started_at) OVER ()))::bigint,
       table_name, source_file, source_hash, skipped, forced, l.*
  FROM public.sync_logs AS l
 WHERE base = $1 AND sync_id = $2
 ORDER BY id

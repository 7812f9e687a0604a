-- The last completed sync of each table, skips included: table, sync id, when, how many seconds ago. $1 base.
SELECT DISTINCT ON (table_name)
       table_name, sync_id,
       pg_catalog.to_char(completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - completed_at))::bigint
  FROM public.sync_logs
 WHERE base = $1 AND status = 'completed' AND sync_type <> 'rollback'
 ORDER BY table_name, id DESC

-- Who is running on this base. $1 base.
SELECT sync_id, sync_type, pg_catalog.to_char(started_at, 'YYYY-MM-DD HH24:MI:SS TZ'), run_by
  FROM public.sync_logs
 WHERE base = $1 AND status = 'running'
 ORDER BY id DESC
 LIMIT 1

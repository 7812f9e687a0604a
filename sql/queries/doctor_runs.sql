-- What the log says of runs: how many seconds ago the last sync completed (NULL: none did), why the newest one failed
-- if it failed, what last started one by itself within two days, how many rejects are open. $1 base.
SELECT (SELECT pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.max(l.completed_at)))::bigint
          FROM public.sync_logs AS l
         WHERE l.base = $1 AND l.status = 'completed' AND l.sync_type <> 'rollback'),
       (SELECT CASE WHEN l.status = 'failed' THEN coalesce(l.error_message, 'for an unknown reason') END
          FROM public.sync_logs AS l
         WHERE l.base = $1
         ORDER BY l.id DESC
         LIMIT 1),
       (SELECT l.origin
          FROM public.sync_logs AS l
         WHERE l.base = $1 AND l.origin IN ('cron', 'systemd', 'watch')
           AND l.started_at > pg_catalog.clock_timestamp() - interval '2 days'
         ORDER BY l.id DESC
         LIMIT 1),
       (SELECT pg_catalog.count(*)
          FROM artsync.rejects AS r
          JOIN public.sync_logs AS l ON l.id = r.opened_log
         WHERE l.base = $1 AND r.closed_log IS NULL)

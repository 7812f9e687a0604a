-- summary: Tables whose last completed sync is more than two days old
-- severity: warning
-- advice: See why the nightly sync did not run: artsync status, and the log of cron or the systemd timer.
-- In phase archive nothing is synced any more, and that is right.
WITH latest AS (
    SELECT DISTINCT ON (l.table_name) l.sync_id, l.table_name, l.completed_at
      FROM public.sync_logs l
     WHERE l.base = 'art' AND l.status = 'completed' AND l.sync_type <> 'rollback'
       AND l.table_name IN ('prints', 'distributors', 'editions')
     ORDER BY l.table_name, l.completed_at DESC
)
SELECT sync_id, table_name, completed_at
  FROM latest
 WHERE completed_at < now() - interval '2 days'
   AND NOT EXISTS (SELECT FROM artsync.settings s WHERE s.base = 'art' AND s.key = 'phase' AND s.value = 'archive')
 ORDER BY table_name

-- Ids of the newest runs, for completion in a shell. $1 base.
SELECT l.sync_id
  FROM public.sync_logs AS l
 WHERE l.base = $1
 GROUP BY l.sync_id
 ORDER BY pg_catalog.max(l.id) DESC
 LIMIT 50

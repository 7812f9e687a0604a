-- Sync ids that begin with what was typed; the whole id is preferred. $1 base, $2 text.
SELECT s.sync_id
  FROM (SELECT DISTINCT sync_id FROM public.sync_logs
         WHERE base = $1 AND pg_catalog.starts_with(sync_id, pg_catalog.lower($2))) AS s
 ORDER BY s.sync_id
 LIMIT 2

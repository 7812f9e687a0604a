-- The sync whose id has the longest beginning in common with what was typed, at least three characters; of several the newest.
-- $1 base, $2 text.
SELECT s.sync_id
  FROM (SELECT sync_id, pg_catalog.max(id) AS last FROM public.sync_logs WHERE base = $1 GROUP BY sync_id) AS s
       CROSS JOIN LATERAL (SELECT pg_catalog.max(n) FROM pg_catalog.generate_series(3, 36) AS n
                            WHERE n <= pg_catalog.length($2)
                              AND pg_catalog.starts_with(s.sync_id, pg_catalog.left(pg_catalog.lower($2), n))) AS p (n)
 WHERE p.n IS NOT NULL
 ORDER BY p.n DESC, s.last DESC
 LIMIT 1

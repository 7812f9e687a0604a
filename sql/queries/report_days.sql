-- The last 90 days in UTC, a row a day: day, changes, new rejects, the longest run in milliseconds, rows at its end. On days
-- without a run all but the rows are NULL. Rows are counted back from today's by what each run created and each rollback
-- deleted. $1 base, $2 rows today.
WITH runs AS (
    SELECT (pg_catalog.max(coalesce(completed_at, started_at)) AT TIME ZONE 'UTC')::date AS day,
           pg_catalog.sum(CASE WHEN status <> 'failed' THEN records_created + records_updated + records_deleted ELSE 0 END) AS changes,
           pg_catalog.sum(CASE WHEN status <> 'failed' THEN new_rejects ELSE 0 END) AS rejects,
           pg_catalog.round(1000 * extract(epoch FROM pg_catalog.max(completed_at) - pg_catalog.min(started_at)))::bigint AS ms,
           pg_catalog.sum(CASE WHEN status = 'failed' THEN 0 WHEN sync_type = 'rollback' THEN -records_deleted
                               ELSE records_created END) AS grown
      FROM public.sync_logs
     WHERE base = $1 AND started_at > pg_catalog.now() - interval '91 days' AND status <> 'running'
     GROUP BY sync_id)
SELECT pg_catalog.to_char(d.day, 'YYYY-MM-DD'), pg_catalog.sum(r.changes)::bigint, pg_catalog.sum(r.rejects)::bigint,
       pg_catalog.max(r.ms),
       greatest(0, $2::bigint - coalesce(pg_catalog.sum(pg_catalog.sum(r.grown)) OVER (
           ORDER BY d.day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::bigint
  FROM pg_catalog.generate_series(0, 89) AS ago
       CROSS JOIN LATERAL (SELECT (pg_catalog.now() AT TIME ZONE 'UTC')::date - ago) AS d (day)
       LEFT JOIN runs AS r ON r.day = d.day
 GROUP BY d.day ORDER BY d.day

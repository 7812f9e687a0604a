-- How many of a base's syncs ended how: failed, rolled back, still running, completed. $1 base.
SELECT pg_catalog.count(*) FILTER (WHERE s.failed), pg_catalog.count(*) FILTER (WHERE s.undone),
       pg_catalog.count(*) FILTER (WHERE s.running),
       pg_catalog.count(*) FILTER (WHERE NOT s.failed AND NOT s.undone AND NOT s.running)
  FROM (SELECT pg_catalog.bool_or(status = 'failed') AS failed, pg_catalog.bool_or(status = 'rolled_back') AS undone,
               pg_catalog.bool_or(status = 'running') AS running
          FROM public.sync_logs WHERE base = $1 AND sync_type <> 'rollback' GROUP BY sync_id) AS s

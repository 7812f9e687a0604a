-- Keep which tables, types and functions the base's files have made, those that are not mapped included: a backup holds them,
-- tables with their rows. New are those that were not there before and that this transaction made: what is seen and still in
-- progress is its own.
-- $1 the base, $2 text[] of all before, $3 text[] of those that its files had made (NULL: none), $4 by whom
INSERT INTO artsync.settings AS s (base, key, value, changed_by)
WITH now AS (
    SELECT pg_catalog.pg_current_xact_id()::text::numeric AS xid
), object (part, named, space, xmin) AS (
    SELECT pg_catalog.concat('table ', c.oid), pg_catalog.format('table %I.%I', n.nspname, c.relname), n.nspname, c.xmin
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    UNION ALL
    SELECT pg_catalog.concat('type ', t.oid), pg_catalog.format('type %I.%I', n.nspname, t.typname), n.nspname, t.xmin
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('e', 'd', 'r')
       OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')
    UNION ALL
    SELECT pg_catalog.concat('function ', f.oid), pg_catalog.concat('function ', f.oid::regprocedure::text), n.nspname, f.xmin
    FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
    WHERE f.prokind IN ('f', 'p')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = f.oid
                        AND d.deptype IN ('e', 'i'))
)
SELECT $1, 'made', pg_catalog.array_agg(o.named ORDER BY o.named COLLATE "C")::text, $4
FROM object o, now
WHERE o.space NOT IN ('artsync', 'information_schema') AND o.space NOT LIKE 'pg\_%'
  AND (o.part = ANY ($3::text[])
       OR o.part <> ALL ($2::text[])
          AND pg_catalog.pg_xact_status((now.xid - pg_catalog.mod(now.xid, 4294967296) + o.xmin::text::numeric)::text::xid8)
              = 'in progress')
HAVING pg_catalog.count(*) > 0
ON CONFLICT (base, key) DO UPDATE SET value = excluded.value, changed_at = pg_catalog.now(), changed_by = excluded.changed_by
  WHERE s.value <> excluded.value

-- Everything in the dumped schemas, and whether it is artsync's: the mapped tables, sync_logs, schema artsync, the views
-- that depend on nothing else, the functions and types that those tables need.
-- What the base's own files made is artsync's, too.
-- $1 text[] of mapped tables, qualified and quoted, $2 text[] of schemas to be dumped in any case, $3 the base
-- Result: kind (table, view, sequence, function, type), schema, name, SQL name, oid, ours?, a business table?
WITH RECURSIVE made AS (
    SELECT split_part(t, ' ', 1) AS kind, substr(t, strpos(t, ' ') + 1) AS name
      FROM artsync.settings AS s, unnest(s.value::text[]) AS t
     WHERE s.base = $3 AND s.key = 'made'
), owned (oid, business) AS (
    SELECT c.oid, m.oid IS NOT NULL OR c.oid = to_regclass('public.sync_logs')
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN (SELECT to_regclass(t)::oid AS oid FROM unnest($1::text[]) AS t
                  UNION
                 SELECT to_regclass(name)::oid FROM made WHERE kind = 'table') AS m ON m.oid = c.oid
     WHERE c.relkind IN ('r', 'p')
       AND (n.nspname = 'artsync' OR m.oid IS NOT NULL OR c.oid = to_regclass('public.sync_logs'))
), needs AS (
    SELECT DISTINCT r.ev_class AS view, d.refobjid AS on_rel
      FROM pg_catalog.pg_rewrite AS r
      JOIN pg_catalog.pg_class AS v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
      JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
       AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> r.ev_class
), foreign_views (oid) AS (
    SELECT s.view
      FROM needs AS s JOIN pg_catalog.pg_class AS c ON c.oid = s.on_rel
     WHERE c.relkind NOT IN ('v', 'm') AND c.oid NOT IN (SELECT oid FROM owned)
    UNION
    SELECT s.view FROM needs AS s JOIN foreign_views AS f ON f.oid = s.on_rel
), needed AS (
    -- of the tables' columns, and of their defaults, checks and triggers
    SELECT d.refclassid, d.refobjid
      FROM pg_catalog.pg_depend AS d JOIN owned AS o ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = o.oid
    UNION
    SELECT d.refclassid, d.refobjid
      FROM pg_catalog.pg_depend AS d
      JOIN (SELECT 'pg_catalog.pg_attrdef'::regclass AS class, a.oid
              FROM pg_catalog.pg_attrdef AS a JOIN owned AS o ON o.oid = a.adrelid
            UNION ALL
            SELECT 'pg_catalog.pg_constraint'::regclass, k.oid
              FROM pg_catalog.pg_constraint AS k JOIN owned AS o ON o.oid = k.conrelid
            UNION ALL
            SELECT 'pg_catalog.pg_trigger'::regclass, g.oid
              FROM pg_catalog.pg_trigger AS g JOIN owned AS o ON o.oid = g.tgrelid) AS part
        ON d.classid = part.class AND d.objid = part.oid
    UNION
    SELECT 'pg_catalog.pg_type'::regclass::oid, to_regtype(name)::oid FROM made WHERE kind = 'type'
    UNION
    SELECT 'pg_catalog.pg_proc'::regclass::oid, to_regprocedure(name)::oid FROM made WHERE kind = 'function'
), foreign_parts (classid, objid) AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), spaces AS (
    SELECT n.oid, n.nspname
      FROM pg_catalog.pg_namespace AS n
     WHERE n.nspname = ANY ($2::text[])
        OR n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND n.oid IN (
           SELECT c.relnamespace FROM pg_catalog.pg_class AS c JOIN owned AS o ON o.oid = c.oid
           UNION
           SELECT t.typnamespace FROM pg_catalog.pg_type AS t
            WHERE ('pg_catalog.pg_type'::regclass::oid, t.oid) IN (SELECT refclassid, refobjid FROM needed)
              AND ('pg_catalog.pg_type'::regclass::oid, t.oid) NOT IN (SELECT classid, objid FROM foreign_parts)
           UNION
           SELECT f.pronamespace FROM pg_catalog.pg_proc AS f
            WHERE ('pg_catalog.pg_proc'::regclass::oid, f.oid) IN (SELECT refclassid, refobjid FROM needed)
              AND ('pg_catalog.pg_proc'::regclass::oid, f.oid) NOT IN (SELECT classid, objid FROM foreign_parts)
           UNION
           SELECT v.relnamespace FROM pg_catalog.pg_class AS v
            WHERE v.relkind IN ('v', 'm') AND v.oid IN (SELECT view FROM needs)
              AND v.oid NOT IN (SELECT oid FROM foreign_views)
              AND v.relnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname LIKE 'pg\_%'))
)
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
       s.nspname, c.relname, format('%I.%I', s.nspname, c.relname), c.oid::bigint,
       CASE WHEN c.relkind IN ('v', 'm') THEN c.oid IN (SELECT view FROM needs) AND c.oid NOT IN (SELECT oid FROM foreign_views)
            WHEN c.relkind = 'S' THEN s.nspname = 'artsync' OR EXISTS (
                 SELECT FROM pg_catalog.pg_depend AS d
                  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid IN (SELECT oid FROM owned))
            ELSE c.oid IN (SELECT oid FROM owned) END,
       coalesce(o.business, false)
  FROM pg_catalog.pg_class AS c JOIN spaces AS s ON s.oid = c.relnamespace LEFT JOIN owned AS o ON o.oid = c.oid
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
UNION ALL
SELECT 'function', s.nspname, f.proname, f.oid::regprocedure::text, f.oid::bigint, true, false
  FROM pg_catalog.pg_proc AS f JOIN spaces AS s ON s.oid = f.pronamespace
 WHERE f.prokind IN ('f', 'p')
   AND (s.nspname = 'artsync' OR ('pg_catalog.pg_proc'::regclass::oid, f.oid) IN (SELECT refclassid, refobjid FROM needed))
   AND ('pg_catalog.pg_proc'::regclass::oid, f.oid) NOT IN (SELECT classid, objid FROM foreign_parts)
UNION ALL
SELECT 'type', s.nspname, t.typname, format('%I.%I', s.nspname, t.typname), t.oid::bigint, true, false
  FROM pg_catalog.pg_type AS t JOIN spaces AS s ON s.oid = t.typnamespace
 WHERE t.typtype IN ('e', 'd', 'c', 'r') AND (t.typrelid = 0 OR EXISTS (
       SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
   AND (s.nspname = 'artsync' OR ('pg_catalog.pg_type'::regclass::oid, t.oid) IN (SELECT refclassid, refobjid FROM needed))
   AND ('pg_catalog.pg_type'::regclass::oid, t.oid) NOT IN (SELECT classid, objid FROM foreign_parts)
 ORDER BY 1, 2, 3, 5

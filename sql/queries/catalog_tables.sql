-- The mapped tables: are they there, whose are they, does anything foreign act on their rows.
-- Arrays with one entry a table: $1 schemas, $2 names, $3 state tables
SELECT t.ord,
       c.oid IS NOT NULL AND c.relkind IN ('r', 'p') AS exists,
       coalesce(pg_catalog.pg_has_role(c.relowner, 'USAGE'), false) AS owned,
       EXISTS (SELECT FROM pg_catalog.pg_trigger g
               WHERE (g.tgrelid = c.oid OR c.relkind = 'p' AND g.tgrelid IN (
                          SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) AS p))
                 AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgname NOT LIKE 'artsync\_%')
       OR EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid) AS foreign_triggers,
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                      WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite type' WHEN 'i' THEN 'index'
                      WHEN 'I' THEN 'index' END AS other_kind,
       EXISTS (SELECT FROM pg_catalog.pg_class s JOIN pg_catalog.pg_namespace a ON a.oid = s.relnamespace
               WHERE a.nspname = 'artsync' AND s.relname = t.state) AS known,
       -- a table that artsync knows and the mapping does not: the new name of one that was renamed?
       CASE WHEN c.oid IS NULL THEN
           (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', o.nspname, r.relname), ', ' ORDER BY r.relname)
            FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class r ON r.oid = g.tgrelid
            JOIN pg_catalog.pg_namespace o ON o.oid = r.relnamespace
            WHERE g.tgname = 'artsync_touch' AND g.tgparentid = 0
              AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS m (space, name)
                              WHERE m.space = o.nspname AND m.name = r.relname)
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_class s JOIN pg_catalog.pg_namespace a ON a.oid = s.relnamespace
                              WHERE a.nspname = 'artsync'
                                AND s.relname = CASE o.nspname WHEN 'public' THEN 'state_' ELSE 'state_' || o.nspname || '_' END || r.relname))
       END AS likely,
       CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS t (space, name, state, ord)
LEFT JOIN (pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)
       ON c.relname = t.name AND n.nspname = t.space
ORDER BY t.ord

-- The mapped tables: are they there, whose are they, does anything foreign act on their rows.
-- $1 schema, $2 text[] of table names
SELECT t.ord,
       c.oid IS NOT NULL AS exists,
       coalesce(pg_catalog.pg_has_role(c.relowner, 'USAGE'), false) AS owned,
       EXISTS (SELECT FROM pg_catalog.pg_trigger g
               WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgenabled <> 'D'
                 AND g.tgname NOT LIKE 'artsync\_%')
       OR EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid) AS foreign_triggers
FROM unnest($2::text[]) WITH ORDINALITY AS t (name, ord)
LEFT JOIN (pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1)
       ON c.relname = t.name AND c.relkind IN ('r', 'p')
ORDER BY t.ord

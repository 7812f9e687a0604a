-- Mapped tables with an index whose expression or condition calls a function that is not PostgreSQL's own.
-- $1 text[] of schemas, $2 text[] of the tables in them
SELECT DISTINCT t.ord
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (space, name, ord)
JOIN pg_catalog.pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = t.space
JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
 AND d.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass)
WHERE pg_catalog.has_table_privilege(c.oid, 'SELECT')
ORDER BY t.ord

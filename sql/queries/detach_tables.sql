-- What artsync's schema holds of a base: each table's name, the COPY that gives its rows as CSV, whether it goes, and else
-- the statement that removes the base's rows from it. $1 the base, $2 its state tables, $3 do other bases need the rest?
WITH parts AS (
    SELECT c.relname::text AS name, c.oid,
           CASE WHEN NOT $3::boolean OR c.relname = ANY ($2::text[]) THEN ''
                WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'base')
                THEN pg_catalog.format(' WHERE base = %L', $1::text)
                WHEN c.relname = 'migrations' THEN pg_catalog.format(' WHERE source = %L', $1::text)
                WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'log_id')
                THEN pg_catalog.format(' WHERE log_id IN (SELECT id FROM public.sync_logs WHERE base = %L)', $1::text)
                WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'opened_log')
                THEN pg_catalog.format(' WHERE opened_log IN (SELECT id FROM public.sync_logs WHERE base = %L)', $1::text)
           END AS which
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'artsync' AND c.relkind IN ('r', 'p'))
SELECT name, pg_catalog.format('COPY (SELECT * FROM artsync.%I%s ORDER BY 1) TO STDOUT WITH (FORMAT csv, HEADER)', name, which),
       which = '', pg_catalog.format('DELETE FROM artsync.%I%s', name, which)
  FROM parts
 WHERE which IS NOT NULL
 ORDER BY name

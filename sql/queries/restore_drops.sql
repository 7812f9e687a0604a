-- What has to go before a restore, in order, one statement a row; nothing is dropped with what depends on it.
-- $1 text[] of tables, $2 of views, $3 of functions, $4 of types: those of the backup; schema artsync goes as a whole
WITH rel AS (
    SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = 'artsync' OR c.oid IN (SELECT to_regclass(t) FROM unnest($1::text[] || $2::text[]) AS t)
), drops (pos, statement) AS (
    SELECT 1, 'DROP VIEW ' || string_agg(name, ', ') FROM rel WHERE relkind = 'v'
    UNION ALL
    SELECT 2, 'DROP MATERIALIZED VIEW ' || string_agg(name, ', ') FROM rel WHERE relkind = 'm'
    UNION ALL
    SELECT 3, 'DROP TABLE ' || string_agg(name, ', ') FROM rel WHERE relkind IN ('r', 'p')
    UNION ALL
    SELECT 4, 'DROP SEQUENCE ' || string_agg(r.name, ', ')
      FROM rel AS r
     WHERE r.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                                            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = r.oid
                                              AND d.deptype IN ('a', 'i'))
    UNION ALL
    SELECT 5, 'DROP FUNCTION ' || string_agg(DISTINCT f.oid::regprocedure::text, ', ')
      FROM pg_catalog.pg_proc AS f JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace
     WHERE n.nspname = 'artsync' OR f.oid IN (SELECT to_regprocedure(t) FROM unnest($3::text[]) AS t)
    UNION ALL
    SELECT 6, 'DROP TYPE ' || string_agg(t, ', ') FROM unnest($4::text[]) AS t WHERE to_regtype(t) IS NOT NULL
    UNION ALL
    SELECT 7, 'DROP SCHEMA artsync' WHERE to_regnamespace('artsync') IS NOT NULL
)
SELECT statement FROM drops WHERE statement IS NOT NULL ORDER BY pos

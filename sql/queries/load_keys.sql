-- What may be dropped before the first load of an empty table and made again after it, as statements: drop, make.
-- Only what the base's own migrations name (of a state table: anything), nothing depends on, and its definition tells
-- wholly: no comment, storage options, tablespace, replica identity. The primary key stays: its numbers only grow.
-- $1 schema, $2 table, $3 the migrations' text (NULL: a state table), $4 text[] of tables that foreign keys may point to,
-- $5 text[] of their schemas
WITH mapped AS (
    SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r'
), keys AS (
    SELECT m.name AS table_name, x.relname AS name, n.nspname AS space, k.oid AS con, i.indexrelid AS index,
           i.indisunique
    FROM mapped m
    JOIN pg_catalog.pg_index i ON i.indrelid = m.oid
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace
    LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = m.oid AND k.contype IN ('p', 'u')
    WHERE i.indisvalid AND NOT i.indisreplident AND NOT i.indisclustered AND NOT i.indisexclusion
      AND (NOT i.indisprimary OR $3::text IS NULL)
      -- functions of the business may need the search_path of its own database, which no statement of ours is parsed under
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
                        AND d.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass))
      AND x.reloptions IS NULL AND x.reltablespace = 0
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.objoid IN (i.indexrelid, k.oid))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.refobjid IN (i.indexrelid, k.oid)
                        AND d.refclassid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_constraint'::regclass)
                        AND d.objid <> i.indexrelid AND d.classid <> 'pg_catalog.pg_trigger'::regclass)
), statements (pos, name, drop, make) AS (
    SELECT 2, name, format('ALTER TABLE %s DROP CONSTRAINT %I', table_name, name),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', table_name, name, pg_catalog.pg_get_constraintdef(con))
    FROM keys WHERE con IS NOT NULL
    UNION ALL
    SELECT 3, name, format('DROP INDEX %I.%I', space, name), pg_catalog.pg_get_indexdef(index)
    FROM keys WHERE con IS NULL
    UNION ALL
    SELECT 4, k.conname, format('ALTER TABLE %s DROP CONSTRAINT %I', m.name, k.conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', m.name, k.conname, pg_catalog.pg_get_constraintdef(k.oid))
    FROM mapped m
    JOIN pg_catalog.pg_constraint k ON k.conrelid = m.oid AND k.contype = 'f' AND k.conparentid = 0
    JOIN pg_catalog.pg_class o ON o.oid = k.confrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    WHERE (n.nspname, o.relname) IN (SELECT s, t FROM unnest($5::text[], $4::text[]) AS f (s, t))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.objoid = k.oid)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O')
)
SELECT drop, make
FROM statements
WHERE $3::text IS NULL OR $3 ~ ('\m' || regexp_replace(name, '(\W)', '\\\1', 'g') || '\M')
ORDER BY pos, name

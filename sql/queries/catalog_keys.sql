-- Unique and primary keys, unique indexes over expressions and of some rows. $1 text[] of schemas, $2 text[] of the tables in them
SELECT t.ord,
       k.relname,
       CASE WHEN i.indpred IS NULL AND i.indexprs IS NULL THEN
           (SELECT pg_catalog.array_to_json(pg_catalog.array_agg(a.attname ORDER BY p.ord))
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, ord)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.attnum
            WHERE p.ord <= i.indnkeyatts)
       ELSE -- all that its expressions rest on
           (SELECT pg_catalog.array_to_json(pg_catalog.array_agg(DISTINCT a.attname))
            FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = k.oid AND d.objsubid = 0
              AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid > 0)
       END AS columns,
       i.indisprimary,
       NOT i.indimmediate AS deferrable,
       -- the column is there from PostgreSQL 15 on
       coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_equal,
       CASE WHEN i.indpred IS NOT NULL OR i.indexprs IS NOT NULL THEN
           (SELECT pg_catalog.array_to_json(pg_catalog.array_agg(pg_catalog.pg_get_indexdef(k.oid, n, false) ORDER BY n))
            FROM generate_series(1, i.indnkeyatts) AS n)
       END AS parts,
       pg_catalog.pg_get_expr(i.indpred, c.oid) AS predicate
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (space, name, ord)
JOIN pg_catalog.pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = t.space
JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid
WHERE i.indisunique AND i.indisvalid AND NOT i.indisexclusion
ORDER BY t.ord, i.indisprimary DESC, k.relname

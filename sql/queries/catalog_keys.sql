-- Unique and primary keys over plain columns and all rows. $1 schema, $2 text[] of table names
SELECT t.ord,
       k.relname,
       (SELECT pg_catalog.array_to_json(pg_catalog.array_agg(a.attname ORDER BY p.ord))
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, ord)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.attnum
        WHERE p.ord <= i.indnkeyatts) AS columns,
       i.indisprimary,
       NOT i.indimmediate AS deferrable,
       -- the column is there from PostgreSQL 15 on
       coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_equal
FROM unnest($2::text[]) WITH ORDINALITY AS t (name, ord)
JOIN pg_catalog.pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1
JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid
WHERE i.indisunique AND i.indisvalid AND NOT i.indisexclusion
  AND i.indpred IS NULL AND i.indexprs IS NULL
ORDER BY t.ord, i.indisprimary DESC, k.relname

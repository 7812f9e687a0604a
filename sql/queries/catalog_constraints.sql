-- Checks (c), foreign keys from (f) and to (r) the table, and all that is deferrable (d), constraint triggers included.
-- $1 text[] of schemas, $2 text[] of the tables in them
WITH mapped AS (
    SELECT t.ord, c.oid
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (space, name, ord)
    JOIN pg_catalog.pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = t.space
), sides AS (
    SELECT m.ord, 'c' AS kind, k.oid AS con, NULL::oid AS other, k.conrelid AS here,
           k.conkey AS keys, NULL::int2[] AS other_keys
    FROM mapped m JOIN pg_catalog.pg_constraint k ON k.conrelid = m.oid AND k.contype = 'c'
    UNION ALL
    SELECT m.ord, 'f', k.oid, k.confrelid, k.conrelid, k.conkey, k.confkey
    FROM mapped m JOIN pg_catalog.pg_constraint k ON k.conrelid = m.oid AND k.contype = 'f' AND k.conparentid = 0
    UNION ALL
    SELECT m.ord, 'r', k.oid, k.conrelid, k.confrelid, k.confkey, k.conkey
    FROM mapped m JOIN pg_catalog.pg_constraint k ON k.confrelid = m.oid AND k.contype = 'f' AND k.conparentid = 0
    UNION ALL
    SELECT m.ord, 'd', k.oid, NULL, k.conrelid, NULL, NULL
    FROM mapped m JOIN pg_catalog.pg_constraint k ON k.conrelid = m.oid AND k.condeferrable
)
SELECT s.ord,
       s.kind,
       k.conname,
       CASE s.kind WHEN 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid)
                   WHEN 'd' THEN NULL
                   ELSE pg_catalog.pg_get_constraintdef(k.oid) END AS definition,
       (SELECT pg_catalog.array_to_json(pg_catalog.array_agg(a.attname ORDER BY p.ord))
        FROM unnest(s.keys) WITH ORDINALITY AS p (attnum, ord)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = s.here AND a.attnum = p.attnum) AS columns,
       n.nspname AS other_schema,
       o.relname AS other_table,
       (SELECT pg_catalog.array_to_json(pg_catalog.array_agg(a.attname ORDER BY p.ord))
        FROM unnest(s.other_keys) WITH ORDINALITY AS p (attnum, ord)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = s.other AND a.attnum = p.attnum) AS other_columns,
       k.condeferrable
FROM sides s
JOIN pg_catalog.pg_constraint k ON k.oid = s.con
LEFT JOIN pg_catalog.pg_class o ON o.oid = s.other
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
ORDER BY s.ord, s.kind, k.conname, s.con

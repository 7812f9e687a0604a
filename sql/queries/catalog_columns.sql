-- Columns in table order, domains resolved to the type below them. $1 text[] of schemas, $2 text[] of the tables in them
WITH RECURSIVE columns AS (
    SELECT t.ord, a.*
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (space, name, ord)
    JOIN pg_catalog.pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = t.space
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
), walk AS (
    SELECT ord, attnum, atttypid AS typ, atttypmod AS mod, false AS not_null, false AS has_default
    FROM columns
    UNION ALL
    SELECT w.ord, w.attnum, d.typbasetype, d.typtypmod, w.not_null OR d.typnotnull,
           w.has_default OR d.typdefault IS NOT NULL
    FROM walk w JOIN pg_catalog.pg_type d ON d.oid = w.typ AND d.typtype = 'd'
)
SELECT c.ord,
       c.attname,
       pg_catalog.format_type(c.atttypid, c.atttypmod) AS type,
       pg_catalog.format_type(w.typ, -1) AS base,
       b.typname AS base_name,
       b.typtype = 'e' AS is_enum,
       coalesce(e.typname, '') AS element_name,
       w.mod,
       c.attnotnull OR w.not_null AS not_null,
       c.atthasdef OR c.attidentity <> '' OR w.has_default AS has_default,
       c.attgenerated <> '' OR c.attidentity = 'a' AS generated,
       pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS default_text,
       CASE WHEN NOT o.collisdeterministic THEN pg_catalog.format('%I.%I', s.nspname, o.collname) END AS folding,
       (SELECT pg_catalog.array_to_json(pg_catalog.array_agg(l.enumlabel ORDER BY l.enumsortorder))
        FROM pg_catalog.pg_enum l WHERE l.enumtypid = b.oid OR l.enumtypid = e.oid) AS labels,
       -- the ascending sequence of an identity or of a default of nextval()
       (SELECT pg_catalog.min(pg_catalog.format('%I.%I', n.nspname, s.relname))
        FROM (SELECT d.objid AS oid FROM pg_catalog.pg_depend d
              WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.attrelid AND d.refobjsubid = c.attnum
                AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'i'
              UNION ALL
              SELECT d.refobjid FROM pg_catalog.pg_depend d
              WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = def.oid
                AND d.refclassid = 'pg_catalog.pg_class'::regclass) AS o
        JOIN pg_catalog.pg_class s ON s.oid = o.oid AND s.relkind = 'S'
        JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid AND q.seqincrement > 0
        JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace) AS sequence,
       coalesce(e.typtype = 'e', false) AS element_is_enum
FROM columns c
JOIN walk w ON w.ord = c.ord AND w.attnum = c.attnum
JOIN pg_catalog.pg_type b ON b.oid = w.typ AND b.typtype <> 'd'
LEFT JOIN pg_catalog.pg_attrdef def ON def.adrelid = c.attrelid AND def.adnum = c.attnum
LEFT JOIN (pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace s ON s.oid = o.collnamespace) ON o.oid = c.attcollation
LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem AND b.typlen = -1 AND b.typcategory = 'A'
ORDER BY c.ord, c.attnum

-- Before a base's files are applied: all tables, types and functions, and those of them that its files have made so far, each
-- as class and oid. $1 the base
WITH made AS (
    SELECT pg_catalog.split_part(t, ' ', 1) AS kind, pg_catalog.substr(t, pg_catalog.strpos(t, ' ') + 1) AS name
    FROM artsync.settings s, unnest(s.value::text[]) AS t
    WHERE s.base = $1 AND s.key = 'made'
), part (part) AS (
    SELECT pg_catalog.concat('table ', oid) FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p')
    UNION ALL
    SELECT pg_catalog.concat('type ', oid) FROM pg_catalog.pg_type WHERE typtype IN ('e', 'd', 'c', 'r')
    UNION ALL
    SELECT pg_catalog.concat('function ', oid) FROM pg_catalog.pg_proc WHERE pronamespace <> 'pg_catalog'::regnamespace
)
SELECT (SELECT pg_catalog.array_agg(part) FROM part)::text,
       (SELECT pg_catalog.array_agg(pg_catalog.concat(kind, ' ', CASE kind WHEN 'table' THEN to_regclass(name)::oid
                                                                           WHEN 'type' THEN to_regtype(name)::oid
                                                                           ELSE to_regprocedure(name)::oid END))
        FROM made)::text

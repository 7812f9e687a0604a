-- The tables that a base's files have made, as text[]. $1 the base
SELECT coalesce(pg_catalog.array_agg(pg_catalog.substr(t, 7)), '{}')::text
FROM artsync.settings s, unnest(s.value::text[]) AS t
WHERE s.base = $1 AND s.key = 'made' AND t LIKE 'table %'

-- Everything `schema_require` wants to know: what is applied, and which state tables are missing.
-- $1 the base, $2 text[] of state tables
SELECT source, file, sha256
FROM artsync.migrations
WHERE source IN ('artsync', $1)
UNION ALL
SELECT NULL, state, NULL
FROM unnest($2::text[]) AS state
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'artsync' AND c.relname = state)

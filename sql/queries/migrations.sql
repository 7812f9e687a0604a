-- What is applied. $1 the base
SELECT source, file, sha256, pg_catalog.to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"+00"') AS applied_at
FROM artsync.migrations
WHERE source IN ('artsync', $1)
ORDER BY source = $1, file COLLATE "C"

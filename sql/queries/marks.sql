-- The decimal marks that columns showed in earlier exports. $1 base, $2 the settings' names, an array; in its order
SELECT s.value
FROM pg_catalog.unnest($2::text[]) WITH ORDINALITY AS wanted (key, at)
LEFT JOIN artsync.settings AS s ON s.base = $1 AND s.key = wanted.key
ORDER BY wanted.at

-- Where a base's own SQL files make what they do not qualify. $1 the base's schema, $2 another one to look for types
-- and functions in, or NULL. Without pg_temp: where the first schema is missing, tables would be made there unnoticed
SELECT pg_catalog.set_config('search_path',
    pg_catalog.concat_ws(', ', pg_catalog.quote_ident($1), pg_catalog.quote_ident($2)), true)

-- Where a base's own SQL files make what they do not qualify. $1 the base's schema
SELECT pg_catalog.set_config('search_path', pg_catalog.quote_ident($1) || ', pg_temp', true)

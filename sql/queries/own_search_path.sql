-- Back to the search_path that pg_begin sets.
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)

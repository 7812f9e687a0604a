-- The search_path that a new session of this role gets in this database, as text.
SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path'

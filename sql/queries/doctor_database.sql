-- The server's version, the role, the database's size in bytes.
SELECT pg_catalog.current_setting('server_version'), current_user,
       pg_catalog.pg_database_size(pg_catalog.current_database())

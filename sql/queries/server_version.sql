-- 150004 for 15.4.
SELECT pg_catalog.current_setting('server_version_num')

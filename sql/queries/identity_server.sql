-- Which database of which server this is, for a role that may not ask for the cluster: when the server was started, to the
-- microsecond.
SELECT extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text || '/' || d.oid::text
  FROM pg_catalog.pg_database AS d
 WHERE d.datname = pg_catalog.current_database()

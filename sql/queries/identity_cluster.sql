-- Which database of which cluster this is, a copy of the cluster that replicates it included.
SELECT s.system_identifier::text || '/' || d.oid::text
  FROM pg_catalog.pg_control_system() AS s, pg_catalog.pg_database AS d
 WHERE d.datname = pg_catalog.current_database()

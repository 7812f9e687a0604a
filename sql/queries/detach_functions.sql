-- The statements that drop the functions of artsync's schema.
SELECT pg_catalog.format('DROP FUNCTION artsync.%I(%s)', p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = 'artsync'
 ORDER BY 1

-- Is there a list of migrations at all?
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'artsync' AND c.relname = 'migrations' AND c.relkind = 'r')

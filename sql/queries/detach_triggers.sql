-- For every mapped table whose trigger is artsync's, the statements that give it one of its own. $1 schemas and $2 names of
-- the tables, $3 their columns for updated_at (NULL: the table does without).
WITH tables AS (
    SELECT c.oid, n.nspname, c.relname, t.updated_at,
           -- a name that is free, and short enough
           CASE WHEN pg_catalog.octet_length(c.relname::text) <= 57
                     AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND p.proname = c.relname || '_touch')
                THEN c.relname || '_touch' ELSE 'touch_' || c.oid END AS function,
           CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = 'touch_updated_at')
                THEN 'touch_' || c.oid ELSE 'touch_updated_at' END AS trigger
      FROM unnest($1::text[], $2::text[], $3::text[]) AS t (schema, name, updated_at)
      JOIN pg_catalog.pg_namespace n ON n.nspname = t.schema
      JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.name
     WHERE t.updated_at IS NOT NULL
       AND EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = 'artsync_touch' AND g.tgparentid = 0))
SELECT pg_catalog.format($ddl$
CREATE FUNCTION %1$I.%2$I() RETURNS pg_catalog.trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    NEW.%3$I := pg_catalog.now();
    RETURN NEW;
END
$body$;
COMMENT ON FUNCTION %1$I.%2$I() IS 'Stamps %5$s of a row that a statement changed without setting it.';
DROP TRIGGER artsync_touch ON %1$I.%4$I;
CREATE TRIGGER %6$I BEFORE UPDATE ON %1$I.%4$I FOR EACH ROW
    WHEN (NEW.%3$I IS NOT DISTINCT FROM OLD.%3$I) EXECUTE FUNCTION %1$I.%2$I();
$ddl$, nspname, function, updated_at, relname, pg_catalog.replace(updated_at, '''', ''''''), trigger)
  FROM tables
 ORDER BY oid

-- The same as artsync.touch() for a table whose column for it has another name: the trigger's argument.
CREATE FUNCTION artsync.touch_column() RETURNS pg_catalog.trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW := pg_catalog.jsonb_populate_record(NEW, pg_catalog.jsonb_build_object(TG_ARGV[0], pg_catalog.now()));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION artsync.touch_column() IS
    'Stamps the column named by the trigger of a row that a statement changed without setting it.';

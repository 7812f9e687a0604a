-- updated_at under another name, and a rollback's own stamps. A rollback writes every stamp itself; where a column holds
-- whole seconds, the old stamp can equal the present one, and then the trigger must not take it for a stamp left alone.
CREATE OR REPLACE FUNCTION artsync.touch() RETURNS pg_catalog.trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_catalog.current_setting('artsync.writes_stamps', true) IS DISTINCT FROM 'on' THEN
        NEW.updated_at := pg_catalog.now();
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION artsync.touch_column() RETURNS pg_catalog.trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_catalog.current_setting('artsync.writes_stamps', true) IS DISTINCT FROM 'on' THEN
        NEW := pg_catalog.jsonb_populate_record(NEW, pg_catalog.jsonb_build_object(TG_ARGV[0], pg_catalog.now()));
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION artsync.touch_column() IS
    'As artsync.touch(), for a table whose column for it has another name: the trigger''s argument.';

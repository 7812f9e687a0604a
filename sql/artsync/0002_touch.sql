-- Keeps updated_at true on every mapped table. The trigger (made with the table's sync metadata) only fires where the
-- statement left updated_at alone, so a sync or a rollback that writes it pays nothing.
CREATE FUNCTION artsync.touch() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := pg_catalog.now();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION artsync.touch() IS 'Stamps updated_at of a row that a statement changed without setting it.';

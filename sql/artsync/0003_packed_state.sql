-- The last-synced state packs its hashes: two bits a column say NULL, f, t or "spelt out", and only what is spelt out
-- takes 8 bytes. State written before says "spelt out" of every column, which is as true and needs nothing known.
CREATE FUNCTION artsync.packed(cols bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.decode(pg_catalog.repeat('ff', (pg_catalog.length(cols) / 8 + 3) / 4), 'hex') || cols
$$;

DO $$
DECLARE state regclass;
BEGIN
    FOR state IN SELECT c.oid FROM pg_catalog.pg_class c
                 WHERE c.relnamespace = 'artsync'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'state\_%'
    LOOP
        EXECUTE format('UPDATE %s SET cols = artsync.packed(cols)', state);
        EXECUTE format('COMMENT ON COLUMN %s.cols IS %L', state,
                       'XXH3-64 of each cleaned value in the order of layout, those of NULL, f and t as two bits.');
    END LOOP;
END
$$;
UPDATE artsync.changes SET before_cols = artsync.packed(before_cols), after_cols = artsync.packed(after_cols)
WHERE num_nonnulls(before_cols, after_cols) > 0;

DROP FUNCTION artsync.packed(bytea);

COMMENT ON COLUMN artsync.layouts.columns IS 'Mapped columns, in the order of their slots in cols.';
COMMENT ON COLUMN artsync.changes.before_cols IS 'Last-synced state before, as in the state''s cols.';
COMMENT ON COLUMN artsync.changes.after_cols IS 'Last-synced state after.';

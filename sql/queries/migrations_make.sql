-- The one thing that no migration can make: the list of migrations. IF NOT EXISTS asks for the right to create schemas
-- even where the schema is there, hence the DO.
DO $$
BEGIN
    IF pg_catalog.to_regnamespace('artsync') IS NULL THEN
        CREATE SCHEMA artsync;
        COMMENT ON SCHEMA artsync IS 'Bookkeeping of artsync: last-synced state, changes, rejects, migrations, settings.';
    END IF;
    CREATE TABLE artsync.migrations (
        source     text NOT NULL,
        file       text NOT NULL,
        sha256     text NOT NULL,
        adopted    boolean NOT NULL DEFAULT false,
        applied_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
        applied_by text NOT NULL DEFAULT CURRENT_USER,
        PRIMARY KEY (source, file)
    );
    COMMENT ON TABLE artsync.migrations IS 'The SQL files that were applied to this database, never to be edited again.';
    COMMENT ON COLUMN artsync.migrations.source IS 'artsync, or the name of the base.';
    COMMENT ON COLUMN artsync.migrations.file IS 'Name of the file.';
    COMMENT ON COLUMN artsync.migrations.sha256 IS 'SHA-256 of its bytes when it was applied, hexadecimal.';
    COMMENT ON COLUMN artsync.migrations.adopted IS 'What it makes was there before: recorded without being run.';
    COMMENT ON COLUMN artsync.migrations.applied_at IS 'When.';
    COMMENT ON COLUMN artsync.migrations.applied_by IS 'By which role.';
END
$$

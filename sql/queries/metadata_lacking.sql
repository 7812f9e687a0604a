-- The statements that give every mapped table its sync metadata, as far as it is lacking: no rows, nothing to do.
-- A row with `problem` cannot be mended by adding something.
-- $1 the base's schema, $2 text[] of mapped tables, $3 text[] of their state tables
WITH wanted (pos, name, type, rest, about) AS (
    VALUES (1, 'last_synced_at', 'timestamp with time zone', '', 'When a sync last wrote this row.'),
           (2, 'sync_version', 'integer', ' DEFAULT 1', 'How many times syncs have written this row.'),
           (3, 'is_active', 'boolean', ' NOT NULL DEFAULT true', 'False: no longer in use, kept for its history.'),
           (4, 'created_at', 'timestamp with time zone', ' NOT NULL DEFAULT now()', 'When the row was made.'),
           (5, 'updated_at', 'timestamp with time zone', ' NOT NULL DEFAULT now()', 'When the row was last changed, by whomever.')
), mapped AS (
    SELECT t.ord, t.state, c.oid, format('%I.%I', n.nspname, c.relname) AS name
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS t (name, state, ord)
    JOIN pg_catalog.pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1
), columns AS (
    SELECT m.ord, w.pos, m.name AS table_name, w.name, w.type, w.rest, w.about,
           pg_catalog.format_type(a.atttypid, a.atttypmod) AS live,
           pg_catalog.col_description(m.oid, a.attnum) AS live_about
    FROM mapped m CROSS JOIN wanted w
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = m.oid AND a.attname = w.name AND NOT a.attisdropped
)
SELECT ord, 10 + pos AS step,
       format('column %s of %s is %s', name, table_name, live) AS problem,
       format('artsync needs it as %s: change its type, or rename it', type) AS statement
FROM columns WHERE live <> type
UNION ALL
SELECT ord, 20 + pos, NULL, format('ALTER TABLE %s ADD COLUMN %I %s%s', table_name, name, type, rest)
FROM columns WHERE live IS NULL
UNION ALL
SELECT ord, 30 + pos, NULL, format('COMMENT ON COLUMN %s.%I IS %L', table_name, name, about)
FROM columns WHERE live_about IS NULL
UNION ALL
SELECT ord, 40, NULL, format('CREATE TRIGGER artsync_touch BEFORE UPDATE ON %s FOR EACH ROW '
                             'WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) '
                             'EXECUTE FUNCTION artsync.touch()', name)
FROM mapped m
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = m.oid AND g.tgname = 'artsync_touch')
UNION ALL
SELECT ord, 50, NULL, format($ddl$
CREATE TABLE artsync.%1$I (
    record_id   text COLLATE "C" PRIMARY KEY,
    raw         bigint,
    cols        bytea,
    layout      integer,
    first_log   bigint NOT NULL,
    created     boolean NOT NULL,
    deactivated boolean NOT NULL DEFAULT false
);
CREATE INDEX ON artsync.%1$I (first_log);
COMMENT ON TABLE artsync.%1$I IS %2$L;
COMMENT ON COLUMN artsync.%1$I.record_id IS 'The record''s id.';
COMMENT ON COLUMN artsync.%1$I.raw IS 'XXH3-64 of the record''s mapped cells; NULL: look at it again.';
COMMENT ON COLUMN artsync.%1$I.cols IS 'XXH3-64 of each cleaned value, in the order and form of layout.';
COMMENT ON COLUMN artsync.%1$I.layout IS 'artsync.layouts.id.';
COMMENT ON COLUMN artsync.%1$I.first_log IS 'The sync_logs row of the sync that first knew the record.';
COMMENT ON COLUMN artsync.%1$I.created IS 'That sync created the row (and a rollback may delete it).';
COMMENT ON COLUMN artsync.%1$I.deactivated IS 'A sync deactivated the row, so a sync may activate it again.';
$ddl$, state, 'What the last sync knew of each record of ' || name || '.')
FROM mapped m
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname = 'artsync' AND c.relname = m.state)
ORDER BY 1, 2

-- The statements that give every mapped table its sync metadata, as far as it is lacking: no rows, nothing to do.
-- Columns: the table's place, step, problem, statement or hint, note. A row with `problem` cannot be fixed by adding
-- something; a row with `note` only says what is taken over. A column that already exists is used as it is.
-- Arrays with one entry a table: $1 schemas, $2 mapped tables, $3 their state tables, $4 .. $8 the columns
-- for last_synced_at, sync_version, is_active, created_at, updated_at (NULL: the table does without).
WITH wanted (pos, role, type, accepted, rest, about) AS (
    VALUES (1, 'last_synced_at', 'timestamp with time zone', '{timestamp,timestamptz}'::pg_catalog.name[], '',
            'When a sync last wrote this row.'),
           (2, 'sync_version', 'integer', '{int4,int8}', ' DEFAULT 1', 'How many times syncs have written this row.'),
           (3, 'is_active', 'boolean', '{bool}', ' NOT NULL DEFAULT true',
            'False: no longer in use, kept for its history.'),
           (4, 'created_at', 'timestamp with time zone', '{timestamp,timestamptz}', ' NOT NULL DEFAULT pg_catalog.now()',
            'When the row was made.'),
           (5, 'updated_at', 'timestamp with time zone', '{timestamp,timestamptz}', ' NOT NULL DEFAULT pg_catalog.now()',
            'When the row was last changed, by whomever.')
), mapped AS (
    SELECT t.ord, t.state, t.synced_at, t.version, t.active, t.created_at, t.updated_at, c.oid,
           pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
           NOT EXISTS (SELECT FROM pg_catalog.pg_class s JOIN pg_catalog.pg_namespace a ON a.oid = s.relnamespace
                       WHERE a.nspname = 'artsync' AND s.relname = t.state) AS new,
           -- what has to get a column in the table's place: the table that it is a partition of, or its type
           CASE WHEN c.relispartition THEN (SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) END AS whole,
           nullif(c.reloftype, 0) AS of_type
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) WITH ORDINALITY
         AS t (space, name, state, synced_at, version, active, created_at, updated_at, ord)
    JOIN pg_catalog.pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = t.space
), columns AS (
    SELECT m.ord, m.new, m.whole, m.of_type, w.pos, m.name AS table_name, r.name, w.role, w.type, w.rest, w.about,
           pg_catalog.format_type(a.atttypid, a.atttypmod)
           || CASE WHEN a.attgenerated <> '' OR a.attidentity = 'a' THEN ', generated' ELSE '' END AS live,
           y.typname = ANY (w.accepted) AND a.attgenerated = '' AND a.attidentity <> 'a' AS fits
    FROM mapped m
    CROSS JOIN LATERAL unnest(ARRAY[m.synced_at, m.version, m.active, m.created_at, m.updated_at])
                       WITH ORDINALITY AS r (name, pos)
    JOIN wanted w ON w.pos = r.pos
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = m.oid AND a.attname = r.name AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
    WHERE r.name IS NOT NULL
)
SELECT ord, 10 + pos AS step,
       pg_catalog.format('column %s of %s is %s', name, table_name, live) AS problem,
       pg_catalog.format('artsync needs a column of type %s that it can write for %s: give it another one in base.json, with '
                         '"metadata": { "%s": "other_name" }', type, role, role) AS statement,
       NULL AS note
FROM columns WHERE NOT fits
UNION ALL
SELECT ord, 19,
       CASE WHEN whole IS NOT NULL
            THEN pg_catalog.format('%s is a partition of %s and cannot get columns of its own', table_name, whole::regclass)
            ELSE pg_catalog.format('%s is a table of the type %s and cannot get columns of its own', table_name, of_type::regtype) END,
       CASE WHEN whole IS NOT NULL THEN pg_catalog.format('map %s, or add the columns there:', whole::regclass)
            ELSE 'leave columns out with "metadata" in base.json, or add them to the type:' END
       || pg_catalog.string_agg(
           CASE WHEN whole IS NOT NULL THEN pg_catalog.format(E'\nALTER TABLE %s ADD COLUMN %I %s%s;', whole::regclass, name, type, rest)
                ELSE pg_catalog.format(E'\nALTER TYPE %s ADD ATTRIBUTE %I %s CASCADE;', of_type::regtype, name, type) END, ''
           ORDER BY pos),
       NULL
FROM columns WHERE live IS NULL AND (whole IS NOT NULL OR of_type IS NOT NULL) GROUP BY ord, table_name, whole, of_type
UNION ALL
SELECT ord, 20 + pos, NULL, pg_catalog.format('ALTER TABLE %s ADD COLUMN %I %s%s', table_name, name, type, rest), NULL
FROM columns WHERE live IS NULL
UNION ALL
SELECT ord, 25, NULL, NULL,
       pg_catalog.format('%s: uses the existing columns as they are: %s', table_name,
                         pg_catalog.string_agg(pg_catalog.format('%s (%s)', name, live), ', ' ORDER BY pos))
FROM columns WHERE fits AND new GROUP BY ord, table_name
UNION ALL
SELECT ord, 30 + pos, NULL, pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', table_name, name, about), NULL
FROM columns WHERE live IS NULL
UNION ALL
SELECT ord, 40, NULL, pg_catalog.format('CREATE TRIGGER artsync_touch BEFORE UPDATE ON %s FOR EACH ROW '
                             'WHEN (NEW.%I IS NOT DISTINCT FROM OLD.%2$I) EXECUTE FUNCTION artsync.%s', name, updated_at,
                             CASE WHEN updated_at = 'updated_at' THEN 'touch()'
                                  ELSE pg_catalog.format('touch_column(%L)', updated_at) END), NULL
FROM mapped m
WHERE updated_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = m.oid AND g.tgname = 'artsync_touch')
UNION ALL
SELECT ord, 50, NULL, pg_catalog.format($ddl$
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
$ddl$, state, 'What the last sync knew of each record of ' || name || '.'), NULL
FROM mapped m
WHERE new
ORDER BY 1, 2

-- The last-synced state also tells what the export's cells were and what the database made of a written value, and under
-- which rules that was written. What was written before is read through its own layout, and rewritten record by record by
-- the next sync that reads the table.
ALTER TABLE artsync.layouts
    ADD COLUMN format integer NOT NULL DEFAULT 0,
    ADD COLUMN mapping text NOT NULL DEFAULT '',
    ADD COLUMN headers text[] NOT NULL DEFAULT '{}';
UPDATE artsync.layouts SET format = 1 WHERE packed;
ALTER TABLE artsync.layouts
    DROP COLUMN packed, /* and the unique key that holds it */
    ALTER COLUMN format DROP DEFAULT,
    ADD CONSTRAINT layouts_key UNIQUE (base, table_name, columns, format, mapping);
COMMENT ON COLUMN artsync.layouts.columns IS 'Columns in the order of their slots in cols: the mapped ones, then those that were mapped before.';
COMMENT ON COLUMN artsync.layouts.format IS 'How cols is written: 0 and 1 by earlier versions, 2 with hashes of cells.';
COMMENT ON COLUMN artsync.layouts.mapping IS 'Fingerprint of the mapping and of what was decided for its auto settings.';
COMMENT ON COLUMN artsync.layouts.headers IS 'Per column its headers, separated by U+001F: a cell is compared with one of the same header.';

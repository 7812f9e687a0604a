-- The last-synced state packs its hashes: NULL, f and t are two bits a column, only other values take 8 bytes. What was
-- written before stays as it is and is read through its own layout, as ever.
ALTER TABLE artsync.layouts ADD COLUMN packed boolean NOT NULL DEFAULT false;
ALTER TABLE artsync.layouts DROP CONSTRAINT layouts_base_table_name_columns_key,
    ADD UNIQUE (base, table_name, columns, packed);
COMMENT ON COLUMN artsync.layouts.columns IS 'Mapped columns, in the order of their hashes in cols.';
COMMENT ON COLUMN artsync.layouts.packed IS 'Two bits a column say NULL, f, t or other, and only others have 8 bytes; else all have.';
COMMENT ON COLUMN artsync.changes.before_cols IS 'Last-synced state before, in the order of layout.';

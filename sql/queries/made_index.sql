-- The staging table by record, where rows are read back in parts.
CREATE INDEX IF NOT EXISTS artsync_stage_by_record ON pg_temp.artsync_stage (seq)

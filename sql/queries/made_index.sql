-- The staging table by record, where rows are read back in parts.
CREATE INDEX ON pg_temp.artsync_stage (seq)

-- So that a page of refused records does not read the whole staging table.
CREATE INDEX artsync_stage_refused ON pg_temp.artsync_stage (seq) WHERE code IS NOT NULL

-- The next table of the run gets a staging table of its own.
DROP TABLE pg_temp.artsync_stage

-- Statistics of the staging table, before the statements over it are planned.
ANALYZE pg_temp.artsync_stage

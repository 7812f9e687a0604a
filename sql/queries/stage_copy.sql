-- Rows of the staging table, in the order of its columns.
COPY pg_temp.artsync_stage FROM STDIN

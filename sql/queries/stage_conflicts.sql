-- The conflicts of records that were written, or refused for them: records, one a line (cells.h).
SELECT conflicts FROM pg_temp.artsync_stage
 WHERE conflicts IS NOT NULL AND (live OR code = 'conflict')
 ORDER BY seq

-- The last run that changed a column of a record after a given change. $1 change id, $2 record, $3 column, $4 table,
-- $5 base.
SELECT l.sync_id
  FROM artsync.changes AS c JOIN public.sync_logs AS l ON l.id = c.log_id
 WHERE c.id > $1::bigint AND c.record_id = $2 AND c.columns -> $3 IS NOT NULL AND l.table_name = $4 AND l.base = $5
 ORDER BY c.id DESC
 LIMIT 1

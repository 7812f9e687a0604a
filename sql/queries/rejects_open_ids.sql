-- Every open reject of a table: id and record id. $1 base, $2 table.
SELECT r.id, r.record_id
  FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
 WHERE l.base = $1 AND l.table_name = $2 AND r.closed_log IS NULL

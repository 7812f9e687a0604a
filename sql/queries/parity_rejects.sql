-- Why records have no row: the open rejects of a table by record id. $1 base, $2 table, $3 record ids.
SELECT DISTINCT ON (r.record_id) r.record_id, r.reason
  FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
 WHERE l.base = $1 AND l.table_name = $2 AND r.closed_log IS NULL AND r.record_id = ANY ($3::text[])
 ORDER BY r.record_id, r.id

-- summary: Records of the export that are not in the database
-- severity: error
-- advice: artsync rejects shows why; fix them in Airtable, or with rejects --csv FILE and sync --file.
SELECT r.record_id, l.table_name, r.file, r.line, r.column_name, r.value, r.reason
  FROM artsync.rejects r
  JOIN public.sync_logs l ON l.id = r.opened_log
 WHERE l.base = 'art' AND r.closed_log IS NULL
 ORDER BY l.table_name, r.file, r.record

-- summary: People whose page could not be downloaded in three attempts
-- severity: warning
-- advice: Look at the last error, then fix the link or set the status to pending.
SELECT p.row_id, p.name, p.source_link, p.last_error
  FROM studio.people p
 WHERE p.is_active AND p.download_status = 'failed' AND p.attempts >= 3
 ORDER BY p.row_id

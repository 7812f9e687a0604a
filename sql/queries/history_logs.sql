-- The log rows of one sync: id, table, status, and why it failed. $1 base, $2 sync id, $3 table (NULL: all).
SELECT id, table_name, status, error_message
  FROM public.sync_logs
 WHERE base = $1 AND sync_id = $2 AND ($3::text IS NULL OR table_name = $3)
 ORDER BY id

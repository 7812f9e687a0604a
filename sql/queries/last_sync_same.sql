-- Was the table's last completed run a sync of these very bytes under this very mapping, and on which linked rows do
-- its rejects rest, and which rows were there? $1 base, $2 table, $3 SHA-256, $4 mapping.
SELECT sync_type <> 'rollback' AND source_hash = $3 AND mapping_hash = $4, links_hash, rows_hash
  FROM public.sync_logs
 WHERE base = $1 AND table_name = $2 AND status = 'completed'
 ORDER BY id DESC
 LIMIT 1

-- Was the table's last completed run a sync of these very bytes under this very mapping, and on which linked rows do
-- its rejects rest, which rows were there, and how many rejects are open? Records that the database refused are tried
-- again, whatever their code: their cause may be gone. Their reasons begin as stage/bisect.c writes them.
-- $1 base, $2 table, $3 SHA-256, $4 mapping, $5 is this a replay?, $6 would a conflict be decided that was refused then?
SELECT sync_type <> 'rollback' AND source_hash = $3 AND mapping_hash = $4 AND replay = $5::boolean
       AND NOT ($6::boolean AND EXISTS (
           SELECT FROM artsync.rejects AS r JOIN public.sync_logs AS o ON o.id = r.opened_log
            WHERE o.base = $1 AND o.table_name = $2 AND r.closed_log IS NULL AND r.code = 'conflict'))
       AND NOT EXISTS (
           SELECT FROM artsync.rejects AS r JOIN public.sync_logs AS o ON o.id = r.opened_log
            WHERE o.base = $1 AND o.table_name = $2 AND r.closed_log IS NULL
              AND (r.code = 'refused_by_database' OR r.reason LIKE 'the database refuses it: %'
                   OR r.reason LIKE 'the sequence %')),
       links_hash, rows_hash,
       (SELECT count(*) FROM artsync.rejects AS r JOIN public.sync_logs AS o ON o.id = r.opened_log
         WHERE o.base = $1 AND o.table_name = $2 AND r.closed_log IS NULL)
  FROM public.sync_logs
 WHERE base = $1 AND table_name = $2 AND status = 'completed'
 ORDER BY id DESC
 LIMIT 1

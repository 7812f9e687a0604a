-- A rollback's last statement for a table. $1 log id, $2 reversed, $3 deleted, $4 the sync that it undid.
UPDATE public.sync_logs
   SET status = 'completed', completed_at = pg_catalog.clock_timestamp(), records_updated = $2::integer,
       records_deleted = $3::integer, of_sync = $4
 WHERE id = $1::bigint AND status = 'running'

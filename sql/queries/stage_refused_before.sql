-- Is one of the live records an open reject that the database refused in an earlier sync? $1: the table's name.
SELECT EXISTS (
    SELECT FROM pg_temp.artsync_stage AS s
      JOIN artsync.rejects AS r ON r.record_id = s.id
      JOIN public.sync_logs AS o ON o.id = r.opened_log
     WHERE s.live AND r.closed_log IS NULL AND r.code = 'refused_by_database' AND o.table_name = $1)

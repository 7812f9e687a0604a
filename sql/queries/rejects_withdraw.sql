-- After a rollback the open rejects of a table are those of the last sync that read it and was not rolled back. Close what is
-- open but was not refused by that sync. $1 the undone sync's log id, $2 the rollback's.
WITH reader AS (
    SELECT o.base, o.table_name, coalesce(max(n.id), 0) AS id
      FROM public.sync_logs AS o LEFT JOIN public.sync_logs AS n
        ON n.base = o.base AND n.table_name = o.table_name AND n.id <> o.id AND n.status = 'completed'
       AND NOT n.skipped AND n.sync_type <> 'rollback'
     WHERE o.id = $1::bigint
     GROUP BY o.base, o.table_name)
UPDATE artsync.rejects AS r SET closed_log = $2::bigint
  FROM reader, public.sync_logs AS l
 WHERE l.id = r.opened_log AND l.base = reader.base AND l.table_name = reader.table_name
   AND r.closed_log IS NULL AND r.opened_log > reader.id

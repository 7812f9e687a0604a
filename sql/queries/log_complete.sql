-- A run's last statement for a table. $1 log id; $2 to $14 the counters, in the order of their rows in the code;
-- $15 skipped, $16 forced, $17 mapping, $18 links, $19 header, $20 rows.
-- A skipped table keeps what its last sync noted about links and header.
UPDATE public.sync_logs AS l
   SET status = 'completed', completed_at = pg_catalog.clock_timestamp(),
       records_processed = $2::integer, records_created = $3::integer, records_updated = $4::integer,
       records_unchanged = $5::integer, records_deleted = $6::integer, records_reactivated = $7::integer,
       records_failed = $8::integer, new_rejects = $9::integer, records_skipped = $10::integer,
       records_not_found = $11::integer, records_conflicting = $12::integer,
       records_overwritten = $13::integer, warnings = $14::integer,
       skipped = $15::boolean, forced = $16::boolean, mapping_hash = $17,
       links_hash = CASE WHEN $15::boolean
                         THEN (SELECT p.links_hash FROM public.sync_logs AS p
                                WHERE p.base = l.base AND p.table_name = l.table_name AND p.status = 'completed'
                                  AND p.id < l.id
                                ORDER BY p.id DESC LIMIT 1)
                         ELSE $18 END,
       source_header = $19::bytea, rows_hash = $20
 WHERE l.id = $1::bigint AND l.status = 'running'

-- Rejected records: those that are open, or those of one sync, i.e. opened by it or before and not closed by then.
-- A replay refused only what was in its own file. $1 base, $2 sync id (NULL: the open ones), $3 table (NULL: all),
-- $4 with the original bytes? A row of another database is on no line.
SELECT o.table_name, r.file, r.record, nullif(r.line, 0), r.record_id, r.column_name, r.value, r.code, r.reason,
       CASE WHEN $4::boolean THEN h.source_header END, CASE WHEN $4::boolean THEN r.source END
  FROM artsync.rejects AS r JOIN public.sync_logs AS o ON o.id = r.opened_log
       JOIN public.sync_logs AS h ON h.id = r.header_log
 WHERE o.base = $1 AND ($3::text IS NULL OR o.table_name = $3)
   AND CASE WHEN $2::text IS NULL THEN r.closed_log IS NULL
            ELSE EXISTS (SELECT FROM public.sync_logs AS l
                          WHERE l.base = $1 AND l.sync_id = $2 AND l.table_name = o.table_name
                            AND l.sync_type <> 'rollback' AND l.status IN ('completed', 'rolled_back') AND NOT l.skipped
                            AND r.opened_log <= l.id AND (r.closed_log IS NULL OR r.closed_log > l.id)
                            AND (NOT l.replay OR r.file = l.source_file)) END
 ORDER BY o.table_name, r.file, r.record, r.id

-- The next sync reads the table's file, whatever it holds. $1 base, $2 table.
UPDATE public.sync_logs SET mapping_hash = NULL
 WHERE id = (SELECT pg_catalog.max(l.id) FROM public.sync_logs AS l
              WHERE l.base = $1 AND l.table_name = $2 AND l.status = 'completed')

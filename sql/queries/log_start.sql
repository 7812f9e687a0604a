-- A run begins. $1 sync id, $2 type, $3 table, $4 base, $5 who, $6 file, $7 SHA-256, $8 a replay?, $9 the id of the
-- transaction that writes the data, $10 what started it
INSERT INTO public.sync_logs (sync_id, sync_type, table_name, base, run_by, source_file, source_hash, replay, data_xid, origin,
                              status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::boolean, $9::pg_catalog.xid8, $10, 'running')
RETURNING id

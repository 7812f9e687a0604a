-- Which transaction a run writes its data in: a run that says running although that transaction has ended was killed.
ALTER TABLE public.sync_logs ADD COLUMN data_xid xid8;
COMMENT ON COLUMN public.sync_logs.data_xid IS 'Id of the transaction that writes the data; a run is alive as long as that one is in progress.';

-- Tables that are only updated: records without a row.
ALTER TABLE public.sync_logs ADD COLUMN records_not_found integer;
COMMENT ON COLUMN public.sync_logs.records_not_found IS
    'Records without a row, where the base says that rows are only updated.';

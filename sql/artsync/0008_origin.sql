-- What started a run, and runs of single files that a person named.
ALTER TABLE public.sync_logs
    ADD COLUMN origin varchar(20) CHECK (origin::text IN ('watch', 'cron', 'systemd', 'terminal', 'other')),
    DROP CONSTRAINT sync_logs_sync_type_check,
    ADD CONSTRAINT sync_logs_sync_type_check
        CHECK (sync_type::text IN ('incremental', 'merge', 'full', 'rollback', 'manual'));
COMMENT ON COLUMN public.sync_logs.origin IS
    'What started it: watch, cron, systemd, terminal (a person), or other; NULL: a version that did not note it.';
COMMENT ON COLUMN public.sync_logs.sync_type IS
    'incremental, merge, full, rollback, or manual: the file was named with --file, or map --apply wrote it.';

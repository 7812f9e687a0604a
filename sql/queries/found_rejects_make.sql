-- The rejects of the table that is synced, beside those that are open from earlier syncs.
CREATE TEMPORARY TABLE artsync_found (
    seq bigint, record_id text, file text, record bigint, line bigint, column_name text, value text, code text,
    reason text, raw bigint, source bytea
) ON COMMIT DROP

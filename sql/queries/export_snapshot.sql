-- The snapshot of this transaction, for pg_dump.
SELECT pg_catalog.pg_export_snapshot()

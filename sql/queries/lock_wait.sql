-- Take a base's lock in this transaction, waiting up to lock_timeout. $1 the base
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('artsync:' || $1, 0))

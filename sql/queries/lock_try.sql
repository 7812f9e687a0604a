-- Take a base's lock in this transaction if it is free. $1 the base
SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('artsync:' || $1, 0))

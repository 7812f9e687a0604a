-- How many other bases this database serves. $1 the base
SELECT count(DISTINCT source) FROM artsync.migrations WHERE source NOT IN ('artsync', $1)

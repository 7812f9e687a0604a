-- The rejects that were found are in artsync.rejects now.
DROP TABLE pg_temp.artsync_found

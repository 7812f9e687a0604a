-- Where a sync's changes are: before the first, the last. $1: log id.
SELECT coalesce(min(id), 1) - 1, coalesce(max(id), 0) FROM artsync.changes WHERE log_id = $1::bigint

-- What the undone sync had refused is nobody's concern any more: the next sync reads the records again.
-- $1 the sync's log id, $2 the rollback's.
UPDATE artsync.rejects SET closed_log = $2::bigint WHERE opened_log = $1::bigint AND closed_log IS NULL

-- Close rejects. $1: their ids, $2: the log row of the run that closes them.
UPDATE artsync.rejects SET closed_log = $2::bigint WHERE id = ANY ($1::bigint[])

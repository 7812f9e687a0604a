-- The phase as stored, since when, for how many seconds, by whom; no row: parallel from the start. $1 base.
SELECT value, changed_at, floor(extract(epoch FROM clock_timestamp() - changed_at))::bigint, changed_by
  FROM artsync.settings
 WHERE base = $1 AND key = 'phase'

-- The phase of the move; no row: parallel. $1 base.
SELECT value FROM artsync.settings WHERE base = $1 AND key = 'phase'

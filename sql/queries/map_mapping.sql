-- The mapping of a run of `artsync map`. $1 base, $2 the setting's name
SELECT value FROM artsync.settings WHERE base = $1 AND key = $2

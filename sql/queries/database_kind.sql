-- What kind of database this is: production or development; no row: it was not said.
SELECT value FROM artsync.settings WHERE base = '' AND key = 'environment'

-- Where the base's files are, for commands that name it. $1 base, $2 folder, $3 by whom.
INSERT INTO artsync.settings AS s (base, key, value, changed_by) VALUES ($1, 'folder', $2, $3)
ON CONFLICT (base, key) DO UPDATE SET value = excluded.value, changed_at = pg_catalog.now(),
   changed_by = excluded.changed_by

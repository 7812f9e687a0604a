-- The decimal mark that a column showed. $1 base, $2 the setting's name, $3 point or comma, $4 by whom
INSERT INTO artsync.settings (base, key, value, changed_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (base, key) DO UPDATE SET value = excluded.value, changed_at = now(), changed_by = excluded.changed_by

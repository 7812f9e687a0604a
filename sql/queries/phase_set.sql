-- Set the phase and note the change. $1 base, $2 from (NULL: the default), $3 to, $4 was a refusal lifted, $5 by whom
WITH noted AS (
    INSERT INTO artsync.setting_changes (base, key, from_value, to_value, forced, by)
    VALUES ($1, 'phase', $2, $3, $4::boolean, $5)
)
INSERT INTO artsync.settings AS s (base, key, value, changed_by) VALUES ($1, 'phase', $3, $5)
ON CONFLICT (base, key) DO UPDATE SET value = excluded.value, changed_at = now(), changed_by = excluded.changed_by

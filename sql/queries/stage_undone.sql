-- What went back and what was rejected on the way, for the report of a rollback.
SELECT id, changes, reason FROM pg_temp.artsync_stage WHERE op = 'u' OR code IS NOT NULL ORDER BY seq

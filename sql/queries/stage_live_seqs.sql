-- The records that are to be written with the operation $1.
SELECT seq FROM pg_temp.artsync_stage WHERE live AND op = $1::"char" ORDER BY seq

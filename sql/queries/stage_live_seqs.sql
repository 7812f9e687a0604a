-- Positions and numbers of the live records with one operation, in the order in which they are written. $1: the operation.
SELECT pos, seq FROM pg_temp.artsync_stage WHERE live AND op = $1::"char" ORDER BY pos

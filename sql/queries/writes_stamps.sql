-- This transaction writes updated_at itself: artsync's triggers leave it as it is written.
SELECT pg_catalog.set_config('artsync.writes_stamps', 'on', true)

-- Are the runs of `artsync map` meant? Where no base was named: if the database holds some and not the default base.
-- $1 the default base, $2 was the base map named?
SELECT EXISTS (SELECT FROM artsync.settings WHERE base = 'map' AND key = 'mapping')
       AND ($2::boolean OR NOT EXISTS (SELECT FROM artsync.migrations WHERE source = $1))

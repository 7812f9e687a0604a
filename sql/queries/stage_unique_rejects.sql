-- Was some record rejected for a unique key?
SELECT EXISTS (SELECT FROM pg_temp.artsync_stage WHERE code OPERATOR(pg_catalog.=) 'repeated_unique_key')

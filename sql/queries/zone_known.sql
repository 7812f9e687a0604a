-- Is this the name of a time zone? $1 the name
SELECT EXISTS (SELECT FROM pg_catalog.pg_timezone_names AS z WHERE z.name = $1)

-- How long this transaction waits from here on. $1 lock_timeout, $2 statement_timeout, in milliseconds
SELECT pg_catalog.set_config('lock_timeout', $1, true), pg_catalog.set_config('statement_timeout', $2, true)

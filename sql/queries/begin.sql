-- What results and safety depend on, for this transaction only: nothing outlives it, so a pooler may hand the server
-- connection to anybody afterwards. The one statement that runs before anything is pinned: no name in it, operators and
-- types included, is looked up by a search_path. $1 application_name, $2 lock_timeout, $3 statement_timeout,
-- $4 idle_in_transaction_session_timeout, $5 client_connection_check_interval (milliseconds)
SELECT pg_catalog.set_config(name, value, true)
FROM (VALUES
    ('search_path', 'pg_catalog, pg_temp'),
    ('client_encoding', 'UTF8'),
    ('standard_conforming_strings', 'on'),
    ('array_nulls', 'on'),
    ('DateStyle', 'ISO, MDY'),
    ('IntervalStyle', 'postgres'),
    ('TimeZone', 'UTC'),
    ('bytea_output', 'hex'),
    ('extra_float_digits', '1'),
    ('xmlbinary', 'base64'),
    -- rows hidden by row-level security would look like rows that are not there: better an error
    ('row_security', 'off'),
    ('application_name', $1::pg_catalog.text),
    ('lock_timeout', $2),
    ('statement_timeout', $3),
    ('idle_in_transaction_session_timeout', $4),
    -- other systems than Linux may refuse any value but 0
    ('client_connection_check_interval', CASE WHEN pg_catalog.version() OPERATOR(pg_catalog.~~) '%linux%'::pg_catalog.text
                                             THEN $5 ELSE '0' END)
) AS setting (name, value)

-- Why a session is read-only: is the server a standby; where default_transaction_read_only was set (pg_settings.source);
-- the database and the role as identifiers.
SELECT pg_catalog.pg_is_in_recovery(), s.setting, s.source, pg_catalog.quote_ident(pg_catalog.current_database()),
       pg_catalog.quote_ident(session_user)
FROM pg_catalog.pg_settings s
WHERE s.name = 'default_transaction_read_only'

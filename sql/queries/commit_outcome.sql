-- After a lost reply to COMMIT: does the server that gave the transaction its id answer now, and what became of the
-- transaction: committed, aborted, in progress, or NULL if the server has forgotten it. $1 its id, $2 when that server was
-- started. Another server is not asked: the id means nothing to it.
SELECT started.at = $2::text,
       CASE WHEN started.at = $2::text THEN pg_catalog.pg_xact_status($1::pg_catalog.xid8) END
  FROM (SELECT pg_catalog.pg_postmaster_start_time()::text AS at) AS started

-- Who holds a base's lock: application_name artsync/<sync_id>, since when, from where. Other people's sessions show
-- little of themselves to an ordinary role, and nothing at all is no error. $1 the base
WITH lock (key) AS (
    SELECT pg_catalog.hashtextextended('artsync:' || $1, 0)
)
SELECT coalesce(nullif(a.application_name, ''), 'process ' || l.pid) AS who,
       to_char(coalesce(a.xact_start, a.backend_start), 'YYYY-MM-DD HH24:MI:SS TZ') AS since,
       CASE WHEN a.client_addr IS NOT NULL THEN host(a.client_addr)
            WHEN a.client_port = -1 THEN 'the server''s own machine' END AS client,
       a.usename AS role
FROM lock
JOIN pg_catalog.pg_locks l
  ON l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
 AND l.classid::bigint = ((lock.key >> 32) & 4294967295)
 AND l.objid::bigint = (lock.key & 4294967295)
 AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
LIMIT 1

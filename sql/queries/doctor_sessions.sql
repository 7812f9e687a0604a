-- Sessions that hold locks on the mapped tables in a transaction in which they do nothing: a sync would wait for them.
-- What the sessions of other roles do is hidden from an ordinary role: of those, the ones with locks that exclude every
-- other writer. Process, who, last active how many seconds ago (NULL: hidden), table, mode. $1 schemas, $2 the tables in
-- them (text[])
SELECT DISTINCT ON (l.pid)
       l.pid, coalesce(nullif(a.application_name, ''), 'a session') || ' of ' || a.usename,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - a.state_change))::bigint, c.relname, l.mode
  FROM pg_catalog.pg_locks AS l
  JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
 WHERE l.locktype = 'relation' AND l.granted AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
   AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
   AND (n.nspname, c.relname) IN (SELECT s, t FROM unnest($1::text[], $2::text[]) AS m (s, t))
   AND l.pid <> pg_catalog.pg_backend_pid()
   AND (a.state IN ('idle in transaction', 'idle in transaction (aborted)') AND a.application_name NOT LIKE 'artsync%'
        OR a.state IS NULL AND l.mode <> 'RowExclusiveLock')
 ORDER BY l.pid, c.relname

-- The bases that this database serves, and the folder each was last migrated from (NULL: built in, or unknown).
SELECT m.source, pg_catalog.min(s.value)
  FROM artsync.migrations AS m LEFT JOIN artsync.settings AS s ON s.base OPERATOR(pg_catalog.=) m.source
       AND s.key OPERATOR(pg_catalog.=) 'folder'
 WHERE m.source OPERATOR(pg_catalog.<>) 'artsync'
 GROUP BY m.source
 ORDER BY m.source

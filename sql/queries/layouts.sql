-- Every layout of a table's state, a row a slot. $1 base, $2 table.
SELECT l.id, l.columns[i.n], l.format, l.mapping, l.headers[i.n]
  FROM artsync.layouts AS l, pg_catalog.generate_subscripts(l.columns, 1) AS i (n)
 WHERE l.base = $1 AND l.table_name = $2
 ORDER BY l.id, i.n

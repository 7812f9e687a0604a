-- Every layout of a table's state, a row a slot. $1 base, $2 table.
SELECT l.id, c.name, l.packed
  FROM artsync.layouts AS l, pg_catalog.unnest(l.columns) WITH ORDINALITY AS c (name, position)
 WHERE l.base = $1 AND l.table_name = $2
 ORDER BY l.id, c.position

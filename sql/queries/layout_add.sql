-- Remember the column order of a table's state. $1 base, $2 table, $3 columns.
INSERT INTO artsync.layouts (base, table_name, columns, packed) VALUES ($1, $2, $3::text[], true) RETURNING id

-- Remember the order and the rules of a table's state. $1 base, $2 table, $3 columns, $4 format, $5 mapping, $6 headers.
INSERT INTO artsync.layouts (base, table_name, columns, format, mapping, headers)
VALUES ($1, $2, $3::pg_catalog.text[], $4::pg_catalog.int4, $5, $6::pg_catalog.text[]) RETURNING id

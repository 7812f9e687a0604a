-- The staging table and the table are joined by hash or by sorting, until joins_default.sql.
SET LOCAL jit = off;
SET LOCAL enable_hashjoin = on;
SET LOCAL enable_nestloop = off

-- As joins_linear.sql, and the table is not read from end to end for each row of the staging table.
SET LOCAL jit = off;
SET LOCAL enable_hashjoin = on;
SET LOCAL enable_nestloop = off;
SET LOCAL enable_seqscan = off

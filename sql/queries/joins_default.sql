-- What joins_linear.sql and joins_by_index.sql set goes back.
SET LOCAL jit TO DEFAULT;
SET LOCAL enable_hashjoin TO DEFAULT;
SET LOCAL enable_nestloop TO DEFAULT;
SET LOCAL enable_seqscan TO DEFAULT

-- What joins_linear.sql, joins_by_index.sql and joins_in_order.sql set goes back.
SET LOCAL jit TO DEFAULT;
SET LOCAL enable_hashjoin TO DEFAULT;
SET LOCAL enable_nestloop TO DEFAULT;
SET LOCAL enable_seqscan TO DEFAULT;
SET LOCAL enable_indexscan TO DEFAULT;
SET LOCAL enable_mergejoin TO DEFAULT;
SET LOCAL enable_material TO DEFAULT

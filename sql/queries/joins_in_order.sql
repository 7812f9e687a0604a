-- The sorted staging table is the outer side of a nested loop, which looks up each row by its id: only then are rows written
-- in that order. The rows of a page of ids are looked up in the same way. Until joins_default.sql. What is switched off has a
-- pretended cost, for which the planner would compile the statement: so no JIT.
SET LOCAL jit = off;
SET LOCAL enable_nestloop = on;
SET LOCAL enable_indexscan = on;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_material = off

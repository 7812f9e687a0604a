-- State and history of staged rows of which the database made something else. $1 seqs, $2 cols, $3 changes, $4 the state
-- before, where it is to be written in the same layout, else NULL, $5 today's layout.
UPDATE pg_temp.artsync_stage AS s
   SET cols = m.cols::pg_catalog.bytea, changes = m.changes,
       before_cols = coalesce(m.before_cols::pg_catalog.bytea, s.before_cols), layout = $5::pg_catalog.int4
  FROM unnest($1::pg_catalog.int8[], $2::pg_catalog.text[], $3::pg_catalog.text[], $4::pg_catalog.text[])
       AS m (seq, cols, changes, before_cols)
 WHERE s.seq = m.seq

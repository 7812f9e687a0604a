-- State and history of staged rows of which the database made something else. $1 seqs, $2 cols, $3 changes.
UPDATE pg_temp.artsync_stage AS s SET cols = m.cols::pg_catalog.bytea, changes = m.changes
  FROM unnest($1::pg_catalog.int8[], $2::pg_catalog.text[], $3::pg_catalog.text[]) AS m (seq, cols, changes)
 WHERE s.seq = m.seq

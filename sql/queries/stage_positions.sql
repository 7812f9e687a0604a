-- Where staged records come in the order in which rows are written. $1 seqs, $2 positions: arrays of the same length.
UPDATE pg_temp.artsync_stage AS s SET pos = u.pos
  FROM unnest($1::bigint[], $2::bigint[]) AS u (seq, pos)
 WHERE s.seq = u.seq

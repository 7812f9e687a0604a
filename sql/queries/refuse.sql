-- Staged records that are not to be written after all; the first reason counts.
-- $1 seq, $2 code, $3 column, $4 value, $5 reason: arrays of the same length.
UPDATE pg_temp.artsync_stage AS s
   SET live = false, code = r.code, column_name = r.column_name, value = r.value, reason = r.reason
  FROM (SELECT DISTINCT ON (u.seq) u.*
          FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[])
               WITH ORDINALITY AS u (seq, code, column_name, value, reason, position)
         ORDER BY u.seq, u.position) AS r
 WHERE s.seq = r.seq AND s.code IS NULL

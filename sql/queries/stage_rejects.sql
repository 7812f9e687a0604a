-- A page of refused records. $1: the last seq of the page before.
SELECT seq, id, number, line, start, length, raw, code, column_name, value, reason
  FROM pg_temp.artsync_stage
 WHERE code IS NOT NULL AND seq > $1::bigint
 ORDER BY seq
 LIMIT 10000

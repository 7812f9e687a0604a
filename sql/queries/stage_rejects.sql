-- A page of refused records. $1: the last seq of the page before, $2: rows, $3: bytes that it may have.
SELECT seq, id, number, line, start, length, raw, code, column_name, value, reason
  FROM (SELECT p.*, sum(coalesce(octet_length(id), 0) + coalesce(octet_length(value), 0) + octet_length(reason))
                        OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
          FROM (SELECT seq, id, number, line, start, length, raw, code, column_name, value, reason
                  FROM pg_temp.artsync_stage
                 WHERE code IS NOT NULL AND seq > $1::bigint
                 ORDER BY seq
                 LIMIT $2::integer) AS p) AS q
 WHERE coalesce(bytes_before, 0) < $3::bigint
 ORDER BY seq

-- Seconds since each time of $1 (text[]; NULL: none), in its order.
SELECT floor(extract(epoch FROM clock_timestamp() - s.at::timestamptz))::bigint
  FROM unnest($1::text[]) WITH ORDINALITY AS s (at, n)
 ORDER BY s.n

-- From when on which offset from UTC holds in a time zone. $1 the zone. Seconds since 1970 and seconds east of UTC, in order;
-- the first row is what held before all others. Of the years 1800 to 2137: nothing changes before, and the last 28 years, which
-- hold every kind of year, represent all after. A change is looked for day by day, then by halving.
WITH RECURSIVE days AS (
    SELECT s.at, pg_catalog.lead(s.at) OVER w AS later, s.off, pg_catalog.lead(s.off) OVER w AS off_later
    FROM (
        SELECT d.at, pg_catalog.date_part('epoch', pg_catalog.timezone($1, pg_catalog.to_timestamp(d.at)))::bigint - d.at AS off
        FROM pg_catalog.generate_series(-5364662400, 5301590400, 86400) AS d (at)
    ) AS s
    WINDOW w AS (ORDER BY s.at)
), halves AS (
    SELECT at AS low, later AS high, off, off_later FROM days WHERE off <> off_later
    UNION ALL
    SELECT CASE WHEN m.off = h.off THEN m.at ELSE h.low END, CASE WHEN m.off = h.off THEN h.high ELSE m.at END, h.off,
        CASE WHEN m.off = h.off THEN h.off_later ELSE m.off END
    FROM halves AS h
    CROSS JOIN LATERAL (
        SELECT (h.low + h.high) / 2 AS at, pg_catalog.date_part('epoch',
            pg_catalog.timezone($1, pg_catalog.to_timestamp((h.low + h.high) / 2)))::bigint - (h.low + h.high) / 2 AS off
    ) AS m
    WHERE h.high - h.low > 1
)
SELECT at, off FROM days WHERE at = -5364662400
UNION ALL
SELECT high, off_later FROM halves WHERE high - low = 1
ORDER BY 1

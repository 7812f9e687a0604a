-- How many rejects are news: not open yet with the same cells and reason. $1 base, $2 table.
-- Windows and no joins, here as in rejects_open and rejects_unfound: sorting takes the same work whatever the planner
-- expects and however many rejects are alike. NULLs are alike in a partition.
WITH each AS (
    SELECT f.raw, f.code, f.record_id, CASE WHEN f.code <> 'repeated_unique_key' THEN f.column_name END AS part,
           true AS found
      FROM pg_temp.artsync_found AS f
    UNION ALL
    SELECT r.raw, r.code, r.record_id, CASE WHEN r.code <> 'repeated_unique_key' THEN r.column_name END, false
      FROM artsync.rejects AS r JOIN public.sync_logs AS l ON l.id = r.opened_log
     WHERE l.base = $1 AND l.table_name = $2 AND r.closed_log IS NULL)
SELECT pg_catalog.count(*) FILTER (WHERE n.found AND NOT n.was_open)
  FROM (SELECT e.found, pg_catalog.bool_or(NOT e.found) OVER (PARTITION BY e.raw, e.code, e.record_id, e.part) AS was_open
          FROM each AS e) AS n

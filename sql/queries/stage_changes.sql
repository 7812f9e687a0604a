-- What a sync writes, for diff: id, action, {"column": [before, after]}.
SELECT id,
       CASE WHEN op = 'i' THEN 'created' WHEN op = 'd' THEN 'deactivated'
            WHEN reactivates THEN 'reactivated' ELSE 'updated' END,
       changes
  FROM pg_temp.artsync_stage
 WHERE live AND op IN ('i', 'u', 'd')
 ORDER BY seq

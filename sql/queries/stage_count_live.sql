-- Records that are to be inserted and to be updated.
SELECT count(*) FILTER (WHERE op = 'i'), count(*) FILTER (WHERE op = 'u')
  FROM pg_temp.artsync_stage
 WHERE live

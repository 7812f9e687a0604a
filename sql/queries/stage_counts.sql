-- What the stage came to: records whose state alone moved, reactivated, rejected, conflicts, edits written over.
SELECT count(*) FILTER (WHERE live AND op = 's'),
       count(*) FILTER (WHERE live AND reactivates),
       count(*) FILTER (WHERE code IS NOT NULL),
       coalesce(sum(n_conflicts) FILTER (WHERE live OR code = 'conflict'), 0),
       coalesce(sum(n_overwritten) FILTER (WHERE live), 0)
  FROM pg_temp.artsync_stage

-- Every staged record comes in the order of the file again.
UPDATE pg_temp.artsync_stage SET pos = seq WHERE pos <> seq

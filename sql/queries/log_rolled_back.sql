-- $1 base, $2 the sync that was undone.
UPDATE public.sync_logs SET status = 'rolled_back' WHERE base = $1 AND sync_id = $2

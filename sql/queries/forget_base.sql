-- Everything the shared bookkeeping knows of a base; changes and rejects go with the logs. $1 the base
WITH logs AS (DELETE FROM public.sync_logs WHERE base = $1),
     layouts AS (DELETE FROM artsync.layouts WHERE base = $1),
     former_ids AS (DELETE FROM artsync.former_ids WHERE base = $1),
     settings AS (DELETE FROM artsync.settings WHERE base = $1),
     setting_changes AS (DELETE FROM artsync.setting_changes WHERE base = $1)
DELETE FROM artsync.migrations WHERE source = $1

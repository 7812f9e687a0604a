-- Staged rows that are not to be written after all, and are no records. $1: their seqs.
UPDATE pg_temp.artsync_stage SET live = false WHERE seq = ANY ($1::bigint[])

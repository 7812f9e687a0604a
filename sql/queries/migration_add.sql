-- $1 source, $2 file, $3 SHA-256, $4 adopted: recorded without being run
INSERT INTO artsync.migrations (source, file, sha256, adopted) VALUES ($1, $2, $3, $4::boolean)

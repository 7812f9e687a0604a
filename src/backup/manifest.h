/* manifest.h - what a backup holds, as JSON behind the archive:
 *
 *     <archive of pg_dump> <JSON object> "\nartsync-backup " <length of the JSON, 12 digits> "\n"
 *
 * pg_restore finds its parts by their offsets and never reads that far. */
#ifndef ARTSYNC_BACKUP_MANIFEST_H
#define ARTSYNC_BACKUP_MANIFEST_H

#include <stdio.h>

#include "artsync/backup.h"

/* SQL names, quoted: "public.prints", "studio.\"my table\"". */
const char *table_sql_name(const BackupTable *table, Arena *arena);

/* Count every table and sum its rows' hashes, in the transaction that is open. */
bool table_measure(Pg *pg, const BackupTable *table, int64_t *rows, const char **checksum, Arena *arena, Err *err);

/* Append it to a stream that stands at the archive's end. */
void manifest_append(const Manifest *manifest, FILE *out);

/* SHA-256 of the first `bytes` bytes. */
bool archive_hash(FILE *in, int64_t bytes, char hex[SHA256_HEX], const char *path, Err *err);

#endif

/* manifest.h - what a backup holds, as JSON behind the archive. The file:
 *
 *     OFFSET       SIZE   CONTENTS
 *     0            a      archive of pg_dump, custom format
 *     a            j      one JSON object, UTF-8, without line ends:
 *                           base, database, at (ISO 8601), pg_major
 *                           bytes: a
 *                           sha256: of the first a bytes, 64 hexadecimal digits
 *                           tables: [{schema, table, rows, checksum, business}]
 *                           objects: [{kind, name, schema, oid}]
 *     a + j        16     "\nartsync-backup "
 *     a + j + 16   12     j in decimal digits, zeros in front
 *     a + j + 28   1      "\n"
 *
 * It is read from its end. pg_restore finds its parts by their offsets and never reads that far: it can restore the
 * file as it is. */
#ifndef ARTSYNC_BACKUP_MANIFEST_H
#define ARTSYNC_BACKUP_MANIFEST_H

#include <stdio.h>

#include "artsync/backup.h"

/* SQL names, quoted: "public.prints", "studio.\"my table\"". */
const char *table_sql_name(const BackupTable *table, Arena *arena);

/* Count every table and sum its rows' hashes, in the transaction that is open. */
bool table_measure(Pg *pg, const BackupTable *table, int64_t *rows, const char **checksum, Arena *arena, Err *err);

/* Append it to a stream that is at the archive's end. */
void manifest_append(const Manifest *manifest, FILE *out);

/* The manifest alone: as backup_open, without reading the archive. */
bool backup_peek(const char *path, Manifest *out, Err *err);

/* SHA-256 of the first `bytes` bytes. */
bool archive_hash(FILE *in, int64_t bytes, char hex[SHA256_HEX], const char *path, Err *err);

#endif

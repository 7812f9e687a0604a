/* archive.h - the table of contents of pg_dump's archive, as pg_restore --list prints it, one entry a line:
 *
 *     <number>; <catalog's oid> <oid> <KIND> <schema> <name> <owner>
 *
 * Names are not quoted and may hold blanks: only numbers, kinds, and names that are known beforehand can be read. */
#ifndef ARTSYNC_BACKUP_ARCHIVE_H
#define ARTSYNC_BACKUP_ARCHIVE_H

#include <stdio.h>

#include "artsync/backup.h"

/* The kind and what follows it, and the oid (0: the entry has none); NULL: the line is no entry. */
const char *archive_entry(const char *line, int64_t *oid);

/* Write the lines of `list` that a restore takes: all but schemas and objects that the manifest does not name. */
void archive_choose(const char *list, const Manifest *manifest, FILE *out);

#endif

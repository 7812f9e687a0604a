/* file.h - files that are whole or absent: temporary name, fsync, rename, fsync of the folder. */
#ifndef ARTSYNC_FILE_H
#define ARTSYNC_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "artsync/err.h"
#include "artsync/mem.h"

typedef struct AtomicFile AtomicFile;

/* Start writing `path` under a temporary name in the same folder; it gets `mode` less the umask. Refuses an existing
 * file (ERR_REFUSED) unless `replace`. Write to atomic_file_stream(). */
bool atomic_file_begin(AtomicFile **file, const char *path, mode_t mode, bool replace, Err *err);
FILE *atomic_file_stream(AtomicFile *file);
const char *atomic_file_name(const AtomicFile *file); /* the temporary name */
bool atomic_file_commit(AtomicFile *file, Err *err);  /* frees it, done or not; a failure removes the temporary */
void atomic_file_abort(AtomicFile *file);             /* frees it; accepts NULL */

/* A small text file, whole: ERR_MISSING, ERR_IO, ERR_LIMIT over `max` bytes. */
bool file_read(const char *path, size_t max, Buf *out, Err *err);

#endif

/* file.h - files that are whole or absent: temporary name, fsync, rename, fsync of the folder. Where memory runs out,
 * which ends the program, the temporary files are removed, too. */
#ifndef ARTSYNC_FILE_H
#define ARTSYNC_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "artsync/err.h"
#include "artsync/mem.h"

typedef struct AtomicFile AtomicFile;

/* Start writing `path` under a temporary name in the same folder; it gets `mode` less the umask. Refuses an existing
 * file (ERR_REFUSED) unless `replace`, and what is neither a regular file nor a link always. Write to
 * atomic_file_stream(). */
bool atomic_file_begin(AtomicFile **file, const char *path, mode_t mode, bool replace, Err *err);
FILE *atomic_file_stream(AtomicFile *file);
const char *atomic_file_name(const AtomicFile *file); /* the temporary name */

/* Has everything been taken so far? ERR_IO says why not. Cheap enough for every row. */
bool atomic_file_ok(AtomicFile *file, Err *err);
/* All bytes on the disk; nothing can be written any more. Where several files belong together, all are flushed before
 * the first is committed. After a failure only abort is left. */
bool atomic_file_flush(AtomicFile *file, Err *err);
/* Flush it, if that is not done, and give it its name. Frees it, done or not; a failure removes the temporary. */
bool atomic_file_commit(AtomicFile *file, Err *err);
void atomic_file_abort(AtomicFile *file); /* frees it; accepts NULL */

/* $TMPDIR, else /tmp. */
const char *file_temporary_folder(void);
/* An unnamed file there, for reading and writing; closing it removes it. NULL with ERR_IO. */
FILE *file_temporary(Err *err);

/* A small text file, whole: ERR_MISSING, ERR_IO, ERR_LIMIT over `max` bytes. */
bool file_read(const char *path, size_t max, Buf *out, Err *err);
/* The same; `info` is of the very file that was read. */
bool file_read_stat(const char *path, size_t max, Buf *out, struct stat *info, Err *err);

#endif

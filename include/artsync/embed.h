/* embed.h - the files below sql/, as bytes inside the binary.
 *
 * sql/ is the one source of the schema, the bases and the internal statements. The build turns the folder into an
 * index sorted by path; nothing is copied or parsed, so `sql/queries/x.sql` runs in psql as it is.
 */
#ifndef ARTSYNC_EMBED_H
#define ARTSYNC_EMBED_H

#include <stddef.h>

typedef struct EmbeddedFile {
    const char *path; /* relative to sql/, e.g. "art/base.json" */
    const char *data; /* NUL behind the last byte */
    size_t size;
} EmbeddedFile;

/* All files, sorted by path (strcmp), and how many. */
extern const EmbeddedFile embedded_files[];
extern const size_t embedded_count;

/* The file at `path`, or NULL. */
const EmbeddedFile *embedded_find(const char *path);

/* The text of sql/queries/<name>.sql. A name that is not there is a programming error and aborts. */
const char *sql_query(const char *name);

#endif

/* internal.h - between the parts of the CSV source: file.c knows files, reader.c knows records, read_ahead.c lets the
 * two run beside their caller.
 *
 * The bytes come through one function, so that a file and a text in memory take the same path and tests can choose the
 * size of a chunk.
 */
#ifndef ARTSYNC_CSV_INTERNAL_H
#define ARTSYNC_CSV_INTERNAL_H

#include <sys/stat.h>
#include <sys/types.h>

#include "csv.h"

typedef struct CsvSource {
    const char *name; /* for messages */
    size_t chunk;     /* bytes asked for at once */
    bool tells_null;  /* an empty cell is NULL and "" is '' (record.h), as COPY writes them */
    bool has_bom;     /* as found at its opening; the first three bytes are no text then */
    /* Up to `space` bytes to `to`; 0 at the end, -1 with err set. */
    ssize_t (*read)(void *ctx, char *to, size_t space, Err *err);
    void *ctx;
} CsvSource;

enum { CSV_CHUNK = 256 * 1024, CSV_HEAD = 4096 };

/* Header and records of `source` to `sink`. */
bool csv_read_source(const CsvSource *source, RawSink *sink, void *ctx, Err *err);

/* The same, but `source` is read and split by a thread of its own, some blocks of records ahead of `sink`, which is
 * called in the caller's thread. The thread has ended when this returns. */
bool csv_read_ahead(const CsvSource *source, RawSink *sink, void *ctx, Err *err);

/* Are these two looks at the same file, unchanged? And what to say if not. Returns false, always. */
CsvMark csv_mark(const struct stat *info);
bool csv_same_mark(CsvMark a, CsvMark b);
bool csv_fail_changed(const char *path, Err *err);

/* csv_read_bytes with a chunk of one's choice. */
bool csv_read_chunks(Str bytes, const char *name, size_t chunk, RawSink *sink, void *ctx, Err *err);

#endif

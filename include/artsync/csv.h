/* csv.h - CSV in and out. The only room that knows libcsv.
 *
 * Reader: strict RFC 4180 as Airtable writes it (UTF-8, BOM or not, LF or CRLF), streaming, one record in memory at a
 * time. A record of the wrong width is well-formed here; whether it is a reject is the cleaner's business.
 */
#ifndef ARTSYNC_CSV_H
#define ARTSYNC_CSV_H

#include <stdio.h>
#include <sys/stat.h>

#include "artsync/err.h"
#include "artsync/hash.h"
#include "artsync/record.h"

enum {
    CSV_MAX_CELL = 16 * 1024 * 1024,   /* bytes of one cell */
    CSV_MAX_RECORD = 64 * 1024 * 1024, /* bytes of one record */
    CSV_MAX_COLUMNS = 5000
};

typedef struct CsvFile { /* a file that was read: what it held, and which it is */
    char sha256[SHA256_HEX];
    struct stat info;
} CsvFile;

/* Read the file at `path` (a regular file; "-" is not special): header, then every record, to `sink`, whose caller is
 * this thread; another one reads ahead. `file` (may be NULL) receives what was read.
 * Errors: ERR_MISSING, ERR_IO, ERR_CSV (broken quoting, NUL, UTF-16/32, gzip, not a regular file, a file that changes
 * while it is read, `;` or tab as delimiter), ERR_LIMIT; each names file, record and line. Stops where sink fails. */
bool csv_read(const char *path, RawSink *sink, void *ctx, CsvFile *file, Err *err);

/* The same over bytes in memory; `name` stands for the file in messages. */
bool csv_read_bytes(Str bytes, const char *name, RawSink *sink, void *ctx, Err *err);

/* Is there a file that csv_read would begin to read? */
bool csv_check(const char *path, Err *err);

/* The bytes of single records of a file that was read. ERR_CSV once it is not the same file any more: _open and _held
 * look at that, so that bytes read between the two are those that were there before. */
typedef struct CsvReread CsvReread;
CsvReread *csv_reread_open(const char *path, const CsvFile *file, Err *err); /* NULL: err says why */
bool csv_reread_bytes(CsvReread *again, int64_t offset, size_t n, Buf *out, Err *err);
bool csv_reread_unchanged(const CsvReread *again, Err *err);
void csv_reread_free(CsvReread *again); /* accepts NULL */

/* SHA-256 of the file's bytes, with the same checks of what kind of file it is. */
bool csv_hash(const char *path, char hash[SHA256_HEX], Err *err);

/* ---- writing: BOM, LF, minimal quoting, no newline at the end, as Airtable does ---- */

typedef struct CsvWriter CsvWriter;

/* Writes to `out`, which stays the caller's; errors show at the caller's fflush/close. */
CsvWriter *csv_writer_new(FILE *out);
void csv_write_cell(CsvWriter *writer, const char *text); /* NULL writes an empty cell */
void csv_write_bytes(CsvWriter *writer, Str raw);         /* cells that are CSV already, as they are */
void csv_write_end(CsvWriter *writer);                    /* ends the record */
void csv_writer_free(CsvWriter *writer);

/* Quote one element inside a cell, Airtable's way: only if it holds a comma, quote or line break. */
void csv_quote_element(Buf *out, const char *text);

#endif

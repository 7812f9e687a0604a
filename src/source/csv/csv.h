/* csv.h - reading CSV: the files of an export. Only this folder knows libcsv.
 *
 * Reader: strict RFC 4180 as Airtable writes it (UTF-8, BOM or not, LF or CRLF), or with another delimiter or
 * encoding as base.json says and the file shows; streaming, one record in memory at a time. A record of the wrong
 * width is well-formed here; whether it is a reject is decided by the cleaner.
 */
#ifndef ARTSYNC_SOURCE_CSV_H
#define ARTSYNC_SOURCE_CSV_H

#include <stdint.h>
#include <stdio.h>

#include "artsync/err.h"
#include "artsync/hash.h"
#include "artsync/record.h"
#include "artsync/source.h"

enum {
    CSV_MAX_CELL = 16 * 1024 * 1024,   /* bytes of one cell */
    CSV_MAX_RECORD = 64 * 1024 * 1024, /* bytes of one record */
    CSV_MAX_COLUMNS = 5000
};

/* What tells whether a file is still the one that was read: device, inode, size, times of change. */
typedef struct CsvMark {
    uint64_t device, inode;
    int64_t size, modified_s, modified_ns, changed_s, changed_ns;
} CsvMark;

typedef struct CsvFile { /* a file that was read: what it held, and which it is */
    char sha256[SHA256_HEX];
    CsvMark mark;
} CsvFile;

/* Read the source's file (a regular file, or standard input): header, then every record, to `sink`, whose caller is
 * this thread; another one reads ahead. `file` (may be NULL) receives what was read. Locators count bytes of the
 * text as UTF-8. Errors: ERR_MISSING, ERR_IO, ERR_CSV (broken quoting, NUL, gzip, not a regular file, a file that
 * changes while it is read, another encoding or delimiter than the mapping says, bytes that the encoding does not
 * have), ERR_LIMIT; each names file, record and line. Stops where sink fails. */
bool csv_read(Source *source, RawSink *sink, void *ctx, CsvFile *file, Err *err);

/* The same over bytes in memory; `name` represents the file in messages. */
bool csv_read_bytes(Str bytes, const char *name, RawSink *sink, void *ctx, Err *err);

/* Is there a file that csv_read would begin to read? */
bool csv_check(const Source *source, Err *err);

/* The bytes of single records of a file that was read. ERR_CSV once it is not the same file any more: _open and _held
 * look at that, so that bytes read between the two are those that were there before. */
typedef struct CsvReread CsvReread;
CsvReread *csv_reread_open(const Source *source, const CsvMark *mark, Err *err); /* NULL: err says why */
/* As UTF-8, and a header with the line sep=; in front where its cells are not separated by commas: it can be parsed
 * alone. */
bool csv_reread_record(CsvReread *again, SourceLocator locator, Buf *out, Err *err);
bool csv_reread_unchanged(const CsvReread *again, Err *err);
void csv_reread_free(CsvReread *again); /* accepts NULL */

/* SHA-256 of the file's bytes, with the same checks of what kind of file it is. */
bool csv_hash(Source *source, char hash[SHA256_HEX], Err *err);

/* Is the file, which was read, in another encoding than UTF-8? Then it can be written as UTF-8 into `to`. */
bool csv_is_decoded(const Source *source);
bool csv_decode_file(const Source *source, FILE *to, Err *err);

#endif

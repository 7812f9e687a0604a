/* export.h - the tables written back as CSV in Airtable's shape.
 *
 * What is written reads back as the same values: a merge of it changes nothing that cleaning leaves as it is. One
 * column per mapped column, under its first header, then the record id, then the ids of linked records. Rows are
 * streamed, so memory does not grow with them. All files appear at the end, or none.
 */
#ifndef ARTSYNC_EXPORT_H
#define ARTSYNC_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/hash.h"
#include "artsync/mem.h"
#include "artsync/pg.h"

typedef struct ExportOptions {
    const char *dir; /* created if it does not exist */
    StringList tables;    /* empty: all; unknown ones are for the caller to check */
    bool include_inactive;
    bool replace; /* files that already exist */
} ExportOptions;

typedef struct ExportTable {
    const Table *table;
    const char *path;
    char sha256[SHA256_HEX];
    int64_t rows;
} ExportTable;

typedef struct ExportResult {
    ExportTable *tables; /* in link order */
    int n;
    Arena arena;
} ExportResult;

/* Write the files, in the transaction that is open. ERR_REFUSED: a file already exists; ERR_IO. */
bool export_run(Pg *pg, const Base *base, const ExportOptions *options, ExportResult *result, Err *err);
void export_result_free(ExportResult *result);

#endif

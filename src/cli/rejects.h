/* rejects.h - writing rejected records back as the CSV they came from. */
#ifndef ARTSYNC_CLI_REJECTS_H
#define ARTSYNC_CLI_REJECTS_H

#include "private.h"

/* Columns of rejects_list.sql. */
enum { R_TABLE, R_FILE, R_RECORD, R_LINE, R_ID, R_COLUMN, R_VALUE, R_CODE, R_REASON, R_HEADER, R_SOURCE };

typedef struct RejectsWritten {
    int64_t written;
    Spool *unwritten; /* ragged records, {"table", ... ,"reason"} as `rejects --json` lists them */
} RejectsWritten;

/* One reject as JSON (docs/REFERENCE.md, JSON), from the columns above. */
cJSON *reject_object(const char *const *cells);

/* Write the rejects that `params` of rejects_list.sql choose to `path`, which must not exist unless `replace`. */
bool rejects_write_csv(Cli *cli, const char *const params[4], const char *path, bool replace, RejectsWritten *written,
                       Err *err);

#endif

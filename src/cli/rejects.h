/* rejects.h - writing rejected records back as the CSV they came from. */
#ifndef ARTSYNC_CLI_REJECTS_H
#define ARTSYNC_CLI_REJECTS_H

#include "private.h"

#define MAP_ADVICE "Correct these rows in the source or in the target, then run artsync map again."
#define FIXED_CSV "fixed.csv" /* what printed commands call the file that is fixed and replayed */

/* Columns of rejects_list.sql: the cells of a reject, then these. */
enum { REJECT_HEADER = REJECT_CELLS, REJECT_SOURCE };

extern const ReportColumn reject_columns[REJECT_CELLS];

/* The command that replays `path`, a CSV of fixed rejects of `table`. */
const char *rejects_replay(const char *table, const char *path, Arena *arena);
/* "3, 8, ..." of `count`; up to n are known, 0 ends them. NULL: none. */
const char *lines_of(const int64_t *lines, size_t n, int64_t count, Arena *arena);
/* The same of records that are on no line: "10001/A, 10002/B, ...". */
const char *ids_of(const char *const *ids, size_t n, int64_t count, Arena *arena);

typedef struct RejectsWritten {
    int64_t written;
    Spool *unwritten; /* ragged records: REJECT_CELLS */
} RejectsWritten;

/* Write the rejects that `params` of rejects_list.sql choose to `path`, which must not exist unless `replace`. */
bool rejects_write_csv(Cli *cli, const char *const params[4], const char *path, bool replace, RejectsWritten *written,
                       Err *err);

#endif

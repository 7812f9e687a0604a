/* internal.h - between the files of src/merge. */
#ifndef ARTSYNC_MERGE_INTERNAL_H
#define ARTSYNC_MERGE_INTERNAL_H

#include "artsync/merge.h"
#include "artsync/plan.h"
#include "artsync/state.h"

/* Derived ids of rows that are gone, and Airtable's ids with which their records have come back, in the same order. */
typedef struct Returned {
    const char **former, **ids;
    int n, cap, ids_cap;
    Arena arena;
} Returned;

typedef struct Merge {
    TableRun *run;
    MergeOptions options;
    Stage *stage;
    Layouts layouts;
    Batch batch;
    Arena scratch; /* one record */
    Returned returned;
} Merge;

/* Decide over a record and stage what results; `row` is its row in `rows`, or -1 (record.c). */
bool merge_record(Merge *merge, Buf *out, const Item *item, const PgRows *rows, int row, Err *err);

/* Deactivate what is absent from the export (absent.c). */
bool deactivate_absent(Merge *merge, Err *err);

/* Former ids besides those of adopted rows (returned.c). returned_note looks whether a record that gets a row, new or
 * adopted, is that of a row which is gone; returned_write keeps what was found, after the rows were written. */
void returned_note(Merge *merge, const Item *item);
bool returned_write(Merge *merge, Err *err);
void returned_free(Returned *returned);

#endif

/* parity.h - does the database hold what the export says? Compared cell by cell after cleaning.
 *
 * The records go the same way as in a sync (cleaner, skip rules, repeated ids, natural keys, adopted rows) and end in
 * a comparison with their rows instead of a decision. Only reads. Memory is that of a sync: a few bytes per row.
 *
 * Attachments are left out, since their addresses are new in every export, and so is a column whose header the file
 * lacks; '' equals NULL. A row that is inactive although the export has its record differs in is_active.
 */
#ifndef ARTSYNC_PARITY_H
#define ARTSYNC_PARITY_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/pg.h"
#include "artsync/source.h"

/* Why a cell differs, told by the last-synced state. */
typedef enum ParityCause {
    PARITY_EDITED,  /* the export is as last synced: edited in the database */
    PARITY_NEWER,   /* the row is as last synced: newer in the export */
    PARITY_BOTH,    /* both changed, differently */
    PARITY_UNKNOWN, /* never synced: cannot be told */
    PARITY_CAUSES
} ParityCause;

const char *parity_cause_name(ParityCause cause);  /* "edited_in_database" ... */
const char *parity_cause_words(ParityCause cause); /* "edited in the database" ... */

enum { PARITY_SAMPLE = 5 }; /* of each kind and cause */

typedef struct ParitySample { /* the first few of each kind and cause */
    Buf cells; /* a cell each (cells.h), itself cells: "kind", "only_in_export|rejected|only_in_database|differing",
                  "id", its value, "name", its value, ... */
    int taken[8];
} ParitySample;

typedef struct ParityTable {
    const Table *table;
    Source source;
    int64_t records, skipped_records; /* in the file; of these skipped by a rule */
    int64_t rows;                     /* active ones */
    int64_t rejected;                 /* records that cleaning or an earlier sync refused */
    int64_t only_in_export;           /* records without a row, rejected ones included */
    int64_t only_in_database;         /* active rows without a record ... */
    int64_t made_here;                /* ... that no sync ever wrote */
    int64_t not_found; /* of a table that is only updated: records without a row; no difference, nor are its
                          rows without a record */
    int64_t differing;                /* cells */
    int64_t differing_rows;
    int64_t by_cause[PARITY_CAUSES]; /* of the cells */
    int64_t changed_by_database; /* cells that hold what a trigger made of the export's value: no differences */
    StringList not_compared;              /* columns: attachments, headers that the file lacks */
    ParitySample sample;
} ParityTable;

typedef struct Parity {
    ParityTable *tables; /* in link order */
    int n;
    Arena arena;
} Parity;

/* Compare every mapped table with its source, in the transaction that is open. Errors as sync_run. */
bool parity_run(Pg *pg, const Base *base, const SourcePlaces *places, Parity *out, Err *err);

bool parity_equal(const Parity *parity);
void parity_free(Parity *parity);

#endif

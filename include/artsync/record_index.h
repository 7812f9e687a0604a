/* record_index.h - what the database knows of a table's records, in 24 bytes a record and 16 at most for finding it.
 *
 * From record id to the last-synced raw hash and a few flags. Ids are kept as 96 bits of
 * XXH3-128; two of a million records share them with a probability of about 2^-57.
 */
#ifndef ARTSYNC_KNOWN_H
#define ARTSYNC_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/pg.h"

enum RecordFlag {
    RECORD_USED = 1,         /* the slot is taken */
    RECORD_STATE = 2,        /* has last-synced state */
    RECORD_ROW = 4,          /* has a row */
    RECORD_ACTIVE = 8,       /* its row is active */
    RECORD_DEACTIVATED = 16, /* a sync deactivated it */
    RECORD_RAW = 32,         /* `raw` is the state's (or, once read, the file's) */
    RECORD_PRESENT = 64,     /* the file holds the record, well-formed or not */
    RECORD_READ = 128,       /* the file holds a record of this id that no rule skipped; it may have been refused */
    RECORD_ACCEPTED = 256,   /* its cells are good, or as last time: `raw` is theirs, and the next record is a repeat */
    RECORD_REFUSED = 512     /* a record of this id had bad cells, which does not take the id */
};

typedef struct IndexedRecord {
    uint64_t id;
    uint64_t raw;
    uint32_t id_more;
    uint32_t flags;
} IndexedRecord;

typedef struct RecordIndex RecordIndex;

RecordIndex *record_index_new(void);
void record_index_free(RecordIndex *index); /* accepts NULL */

/* The record's entry, added with flags RECORD_USED if it is new. Good until the next record_index_add. */
IndexedRecord *record_index_add(RecordIndex *index, Str id);
IndexedRecord *record_index_find(RecordIndex *index, Str id); /* NULL if it is not there */

/* Read state and rows of `table` back in binary COPY. `index` is new. */
bool record_index_load(RecordIndex *index, Pg *pg, const Table *table, Err *err);

/* How many rows are active and written by a sync: what --max-deactivate is a percentage of. */
int64_t record_index_active_synced(const RecordIndex *index);
int64_t record_index_matched(const RecordIndex *index); /* rows that were there and whose records were present */
bool record_index_has_state(const RecordIndex *index); /* some record has a last-synced state */
bool record_index_empty(const RecordIndex *index); /* neither rows nor state */
/* Forget that a sync deactivated rows which people made active again; how many there are. */
int64_t record_index_clear_deactivated(RecordIndex *index);
int64_t record_index_rows(const RecordIndex *index);
bool record_index_has_generated_ids(const RecordIndex *index); /* some row's id was derived or generated (natural.h) */

/* As ids_fingerprint gives it, of the rows as they were read. */
const char *record_index_fingerprint(const RecordIndex *index, Arena *arena);
int64_t record_index_active_rows(const RecordIndex *index);
int64_t record_index_active_unseen(const RecordIndex *index); /* active rows whose record the file does not hold */

#endif

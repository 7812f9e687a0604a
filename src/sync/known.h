/* known.h - what the database knows of a table's records, in 24 bytes a record and 16 at most for finding it.
 *
 * From record id to the last-synced raw hash and a few flags. Ids are kept as 96 bits of
 * XXH3-128; two of a million records share them with a probability of about 2^-57.
 */
#ifndef ARTSYNC_SYNC_KNOWN_H
#define ARTSYNC_SYNC_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/pg.h"

enum KnownFlag {
    KNOWN_USED = 1,         /* the slot is taken */
    KNOWN_STATE = 2,        /* has last-synced state */
    KNOWN_ROW = 4,          /* has a row */
    KNOWN_ACTIVE = 8,       /* its row is active */
    KNOWN_DEACTIVATED = 16, /* a sync deactivated it */
    KNOWN_RAW = 32,         /* `raw` is the state's (or, once read, the file's) */
    KNOWN_PRESENT = 64,     /* the file holds the record, in whatever shape */
    KNOWN_READ = 128,       /* the file holds a record of this id that no rule skipped; it may have been refused */
    KNOWN_ACCEPTED = 256,   /* its cells are good, or as last time: `raw` is theirs, and the next record is a repeat */
    KNOWN_REFUSED = 512     /* a record of this id had bad cells, which does not take the id */
};

typedef struct KnownRecord {
    uint64_t id;
    uint64_t raw;
    uint32_t id_more;
    uint32_t flags;
} KnownRecord;

typedef struct Known Known;

Known *known_new(void);
void known_free(Known *known); /* accepts NULL */

/* The record's entry, added with flags KNOWN_USED if it is new. Good until the next known_at. */
KnownRecord *known_at(Known *known, Str id);
KnownRecord *known_find(Known *known, Str id); /* NULL if it is not there */

/* Read state and rows of `table` back in binary COPY. `known` is new. */
bool known_load(Known *known, Pg *pg, const Table *table, Err *err);

/* How many rows are active and written by a sync: what --max-deactivate is a percentage of. */
int64_t known_active_synced(const Known *known);
bool known_empty(const Known *known); /* neither rows nor state */
/* Forget that a sync deactivated rows which people made active again; how many there are. */
int64_t known_settle_active(Known *known);
int64_t known_rows(const Known *known);
bool known_has_unreal(const Known *known); /* some row's id was derived or generated (natural.h) */

/* As ids_fingerprint gives it, of the rows as they were read. */
const char *known_fingerprint(const Known *known, Arena *arena);
int64_t known_active_rows(const Known *known);
int64_t known_active_unseen(const Known *known); /* active rows whose record the file does not hold */

#endif

/* former.h - the ids that rows of a table had before they were adopted under a real id.
 *
 * The last-synced state keeps of a link the hash of its target's record id. An adoption replaces that id, and a
 * rollback puts it back; neither is a change of the link. So all ids of one row count as one of them, the first that
 * it had, in what the state holds as well as in what is compared with it. Once the record gets another row, because a
 * rollback put a former id back, the ids are of two rows: the former ones of the old row, the real one of the new.
 */
#ifndef ARTSYNC_FORMER_H
#define ARTSYNC_FORMER_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/links.h"
#include "artsync/pg.h"

typedef struct FormerId {
    uint64_t gone, now; /* value_hash of an id, and of the one to read it as */
    bool has_row;       /* some row has one of the record's ids */
} FormerId;

typedef struct FormerIds {
    FormerId *items; /* sorted by `gone` */
    int n, cap;
} FormerIds;

/* Read those of `table`; `ids` is empty before. */
bool former_load(FormerIds *ids, Pg *pg, const Table *table, Err *err);
void former_free(FormerIds *ids);

/* What represents the rows of `links`, which are those of `table`. */
bool former_identities(LinkIndex *links, Pg *pg, const Table *table, Err *err);

/* The hash to compare with instead of `hash`: itself, unless the id is one of several of a row. */
uint64_t former_now(const FormerIds *ids, uint64_t hash);

/* Did the row with this id get another one, which it has now? Then a new row must not get the id. */
bool former_taken(const FormerIds *ids, const char *id);

#endif

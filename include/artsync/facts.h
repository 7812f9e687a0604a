/* facts.h - what the last-synced state tells of one column beside the export and the row: did one of them change?
 *
 * Every writer that looks at rows asks the same way; merge decides from it (decide.h).
 */
#ifndef ARTSYNC_FACTS_H
#define ARTSYNC_FACTS_H

#include "artsync/links.h"
#include "artsync/state.h"

typedef struct Facts {
    bool present;       /* the file has this column */
    bool equal;         /* export and row hold the same value */
    bool row_null;      /* the row holds NULL */
    bool known;         /* there is a last-synced state for this column */
    bool reading_moved; /* known: the export's value differs from the state's */
    bool export_moved;  /* ... and that is no new reading of the same cell by another mapping */
    bool row_moved;     /* known: the row differs from what it held after the last sync */
    bool attachments;   /* compared by file name, with the state only */
} Facts;

/* What holds for all columns of a record. */
typedef struct FactsBasis {
    LinkIndex *const *links; /* one per base table; NULL: none is loaded */
    Arena *arena;            /* for canonical forms */
    bool same_rules;         /* the state was written under the rules of today */
    bool untouched;          /* the row was not changed since a sync wrote it */
} FactsBasis;

/* `rows` as plan_rows gives them. */
FactsBasis facts_basis(const Layouts *layouts, LinkIndex *const *links, const PgRows *rows, int row, Arena *arena);

/* What a row's value means, as the state keeps it: of a link, the record id that its target has now. */
uint64_t row_meaning(LinkIndex *const *links, const Column *column, const char *row, Arena *arena);

/* The same of the real number that a column of double precision still holds from when it was a column of reals: 0.1
 * became 0.10000000149011612. 0: the value is none. */
uint64_t real_meaning(const Column *column, const char *row, Arena *arena);

/* `row` NULL for NULL and ''; `slot` is all zeros where there is no state. */
Facts facts_of(const FactsBasis *basis, const Column *column, const Value *value, const char *row, const Slot *slot);

/* The slot afterwards. */
Slot facts_slot(const Facts *facts, const Value *value, const char *row, const Slot *before, bool writes);
/* The slot of a record that gets a new row. */
Slot facts_first_slot(const Column *column, const Value *value);

#endif

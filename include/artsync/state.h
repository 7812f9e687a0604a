/* state.h - the last-synced state of a record: a slot a column, in the order of a stored layout.
 *
 * A mapping that changes gets a new layout; rows written under an older one are read through it, so nothing is
 * forgotten and nothing has to be rewritten. A column that is not mapped any more keeps its slot, for the case that it
 * is mapped again; one that base.json renames ("was") is found under its old name. Of a link the value is the record id
 * of its target, under whatever id that row had then (former.h).
 */
#ifndef ARTSYNC_STATE_H
#define ARTSYNC_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/pg.h"
#include "artsync/former.h"
#include "artsync/record.h"

/* What is known of one column of one record. */
typedef struct Slot {
    uint64_t value; /* Value.hash of what the export held at the last sync; 0: not known. From a format before 2:
                       value_hash of the text as it was printed then */
    uint64_t made;  /* value_meaning of what the row holds after that was written, where it is not the value: a
                       trigger made something else of it, or the column holds attachments; 0: the value */
    uint32_t cell;  /* Value.cell */
} Slot;

/* What the row holds if it was not edited. */
static inline uint64_t slot_base(Slot slot) { return slot.made ? slot.made : slot.value; }
/* Do both know the same of values? Their cells may differ. */
static inline bool slot_means(Slot a, Slot b) { return a.value == b.value && a.made == b.made; }

enum { STATE_FORMAT = 2 }; /* as state is written now: artsync.layouts.format */

typedef struct Layouts {
    const Table *table;
    uint64_t rules;     /* fingerprint under which records are read now */
    int current;        /* id of the layout of today's rules; 0 until layouts_current */
    int n_slots;        /* the table's columns, then columns that were mapped before */
    const char **names; /* of these columns, n_slots of them */
    struct Layout {
        int id;
        int format;      /* STATE_FORMAT, or an older one */
        uint64_t rules;  /* under which its slots were written; 0 before format 2 */
        int n;
        int *columns;    /* slot -> 0 .. n_slots - 1 */
        bool *elsewhere; /* per slot: its cell was that of a header which the column does not have now */
    } *items;
    int n, cap;
    FormerIds *former; /* per column of the table, of the rows that it links to; NULL: of none */
    Arena arena;
} Layouts;

/* Read the table's layouts, and the former ids of the rows that its links can point at. */
bool layouts_load(Layouts *layouts, Pg *pg, const Table *table, Err *err);
void layouts_free(Layouts *layouts);

/* The rules of the file that is being read: cleaner_rules. Without a file they are the table's fingerprint. */
void layouts_read_under(Layouts *layouts, uint64_t rules);

/* The id of today's layout, stored now if it is new. */
bool layouts_current(Layouts *layouts, Pg *pg, int *id, Err *err);

/* The layout with this id, or NULL. */
const struct Layout *layouts_find(const Layouts *layouts, int id);

/* Were slots of this layout written under the rules of today? */
bool layouts_same_rules(const Layouts *layouts, int layout);

/* The slots as bytes (the table in state.c), written to `to`, which has state_room(n); returns how many. */
size_t state_pack(char *to, const Slot *slots, int n);
size_t state_room(int n);

/* The same as PostgreSQL prints and reads bytea ("\x0011..."), appended. */
void state_encode(Buf *out, const Slot *slots, int n);

/* Slots of such a text (NULL: no state) under `layout` into out[layouts->n_slots]; zeros where nothing is known. A
 * link's slot is that of the id which its target has now. False: the text is damaged. */
bool state_decode(const Layouts *layouts, int layout, const char *hex, Slot *out, Err *err);

#endif

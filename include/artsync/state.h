/* state.h - the last-synced state of a record: a slot a column, in the order of a stored layout.
 *
 * A slot is the value_hash of the cleaned value that the export held at the last sync, or 0: not known. A mapping that
 * gains, loses or reorders columns gets a new layout; rows written under an older one are read through it, so nothing
 * is forgotten and nothing has to be rewritten. Of a link the value is the record id of its target, under whatever id that
 * row stood then (former.h).
 */
#ifndef ARTSYNC_STATE_H
#define ARTSYNC_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/pg.h"
#include "artsync/former.h"

typedef struct Layouts {
    const Table *table;
    int current;     /* id of the layout of today's mapping; 0 until layouts_current */
    struct Layout {
        int id;
        bool packed;  /* else all slots are 8 bytes, as they were written once */
        int n;
        int *columns; /* slot -> index in table->columns, or -1: no longer mapped */
    } *items;
    int n, cap;
    FormerIds *former; /* per column of the table, of the rows that it links to; NULL: of none */
    Arena arena;
} Layouts;

/* Read the table's layouts, and the former ids of the rows that its links can point at. */
bool layouts_load(Layouts *layouts, Pg *pg, const Table *table, Err *err);
void layouts_free(Layouts *layouts);

/* The id of today's layout, stored now if it is new. */
bool layouts_current(Layouts *layouts, Pg *pg, int *id, Err *err);

/* The slots as bytes (the table in state.c), written to `to`, which has state_room(n); returns how many. */
size_t state_pack(char *to, const uint64_t *slots, int n);
size_t state_room(int n);

/* The same as PostgreSQL prints and reads bytea ("\x0011..."), appended. */
void state_encode(Buf *out, const uint64_t *slots, int n);

/* Slots of such a text (NULL: no state) under `layout` into out[table->n_columns]; 0 where nothing is known. A
 * link's slot is that of the id which its target has now. False: the text is damaged. */
bool state_decode(const Layouts *layouts, int layout, const char *hex, uint64_t *out, Err *err);

#endif

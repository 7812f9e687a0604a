/* key_moves.h - records with a unique value that another row has now, as a graph.
 *
 * Record a waits for record b if b's row has the value of a, and b has another one. A record that waits for a record
 * that is not written cannot be written either; records that wait for each other in a circle need a key that is checked
 * at the end. Everything is linear in the number of moves.
 */
#ifndef ARTSYNC_STAGE_KEY_MOVES_H
#define ARTSYNC_STAGE_KEY_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/catalog.h"
#include "artsync/stage.h"


typedef struct KeyMove {
    int64_t seq;           /* the record with the value */
    int64_t holder;        /* the record of the row that has it; 0: that row keeps it */
    bool in_order;         /* the holder has to be written first: both are updates and the key is checked row by row */
    const CatalogKey *key;
    const char *columns;   /* of the key, as people read them */
    const char *value;
    const char *row;       /* id of the row that has it */
    bool active;           /* is that row active? */
} KeyMove;

typedef struct KeyMoves KeyMoves;

/* For staged records 1 to `last`. */
KeyMoves *key_moves_new(int64_t last);
void key_moves_free(KeyMoves *moves); /* accepts NULL */

/* Strings are copied, but for those of the catalog. */
void key_moves_add(KeyMoves *moves, const KeyMove *move);
/* All are added. */
void key_moves_link(KeyMoves *moves);

/* Reject those that need a value which a row keeps, and all that wait for them. */
void key_moves_reject_blocked(KeyMoves *moves, LateRejects *found);
/* Reject circles, and all that wait for them. */
void key_moves_reject_circles(KeyMoves *moves, LateRejects *found);
/* The record is rejected by the caller, for whatever reason: reject all that wait for it. */
void key_moves_reject_record(KeyMoves *moves, int64_t seq, LateRejects *found);
bool key_moves_is_rejected(const KeyMoves *moves, int64_t seq);

/* Records that have to be written in order, in that order; malloc'ed. *n = 0: none. */
int64_t *key_moves_order(KeyMoves *moves, int *n);

#endif

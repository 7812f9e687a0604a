/* stage.h - the stage: a temporary table, one row a record that is to be written or refused.
 *
 * c0, c1 ... are the mapped columns in base.json order with the table's own types (without lengths), filled with the
 * row's final values. Rules, apply and journal are statements over it.
 */
#ifndef ARTSYNC_SYNC_STAGE_H
#define ARTSYNC_SYNC_STAGE_H

#include <stdbool.h>

#include "artsync/err.h"
#include "artsync/record.h"

typedef struct Turn Turn;

/* One row of it. What is zero or NULL here is NULL or false there. */
typedef struct StageLine {
    Place place;
    char op;           /* 'i' insert, 'u' update, 's' only the state moves, 'd' deactivate, 'r' refused from the start */
    const char *id;    /* of the record, whatever the id column can hold */
    const char *rid;   /* of its row afterwards; NULL: refused */
    const char *at_id; /* under which the row stands now */
    const uint64_t *raw;
    const uint64_t *cols, *before_cols; /* slots of the state (state.h) */
    int layout;
    bool had_state, state_moved, reactivates, before_deactivated, after_deactivated;
    const char *before_updated_at, *before_synced_at, *before_version;
    const char *changes;   /* {"column": [before, after]} */
    const char *conflicts; /* JSON lines */
    int n_conflicts, n_overwritten;
    Reject reject;
    const char *const *values; /* of the mapped columns */
    bool exact;                /* rollback: the row becomes byte for byte what it was */
    const char *active;        /* rollback: is_active is put back to this */
} StageLine;

/* The line as COPY text, appended; it gets the turn's next seq. */
void stage_line(Turn *turn, Buf *out, const StageLine *line);

/* Make the stage if it is not there; begin a COPY into it; copy n lines; drop it if it is there. */
bool stage_open(Turn *turn, Err *err);
bool stage_copy_in(Turn *turn, Err *err);
bool stage_copy(Turn *turn, const Buf *lines, int64_t n, Err *err);
bool stage_drop(Turn *turn, Err *err);

#endif

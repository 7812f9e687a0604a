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

typedef struct TableRun TableRun;

enum { STAGE_KEYS = 63 }; /* keys that are told apart */
#define EVERY_KEY (UINT64_MAX >> 1)

/* One row of it. What is zero or NULL here is NULL or false there. */
typedef struct StagingRow {
    SourcePosition position;
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
    uint64_t claims;           /* the keys of which it brings other values than its row has: key_bit of each */
    bool restore_timestamps;                /* rollback: the row becomes byte for byte what it was */
    const char *active;        /* rollback: is_active is put back to this */
} StagingRow;

/* The bit of the catalog's key k in StagingRow.claims; all keys beyond the 62nd share one. Kept positive: SQL has no
 * unsigned integers. */
static inline uint64_t key_bit(int k) { return (uint64_t)1 << (k < STAGE_KEYS ? k : STAGE_KEYS - 1); }
/* The bits of all keys that hold a mapped column; of the id column with column = -1. */
uint64_t key_bits_of(TableRun *turn, int column);

/* The line as COPY text, appended; it gets the turn's next seq. */
void stage_put_row(TableRun *turn, Buf *out, const StagingRow *line);

/* The same for a record that is not written: why, and its conflicts as JSON lines (NULL: none). */
void stage_reject(TableRun *turn, Buf *out, const SourcePosition *position, const char *id, uint64_t raw, Reject reject,
                  const char *conflicts, int n_conflicts);

/* Make the stage if it is not there; begin a COPY into it; copy n lines; drop it if it is there. */
bool stage_open(TableRun *turn, Err *err);
bool stage_copy_in(TableRun *turn, Err *err);
bool stage_copy(TableRun *turn, const Buf *lines, int64_t n, Err *err);
bool stage_drop(TableRun *turn, Err *err);

#endif

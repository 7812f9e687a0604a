/* stage.h - the staging table: a temporary table, one row a record that is to be written or rejected.
 *
 * Every writer fills it, rollback too; rules, apply and history are statements over it. Columns c0, c1 ... are the
 * mapped columns in base.json order with the table's own types (without lengths), filled with the row's final values.
 *
 *     put     stage_put_row into a buffer, stage_copy of many rows
 *     apply   the keys and checks that artsync knows, then UPDATE and INSERT; what the database refuses for another
 *             reason is found by bisection and rejected alone (rules.c, apply.c, bisect.c)
 *     history artsync.changes, the last-synced state, the lines of the report (history.c)
 */
#ifndef ARTSYNC_STAGE_H
#define ARTSYNC_STAGE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "artsync/counts.h"
#include "artsync/err.h"
#include "artsync/pg.h"
#include "artsync/page.h"
#include "artsync/record.h"
#include "artsync/links.h"
#include "artsync/spool.h"
#include "artsync/state.h"

/* Records that are worked on at once: of a batch, and of a page where the staging table or the history is read. */
enum { BATCH_RECORDS = 10000, BATCH_BYTES = 8 * 1024 * 1024 };

enum { STAGE_KEYS = 63 }; /* keys that are told apart */
#define EVERY_KEY (UINT64_MAX >> 1)

/* What is known of the table's unique keys. */
typedef struct StageKeys {
    uint64_t *bits;          /* per mapped column, then the id column, then is_active: the keys that hold it */
    int64_t new[STAGE_KEYS]; /* per key's bit: staged records with another value of it than their row has */
    struct KeyMoves *moves;  /* unique values that move between rows (key_moves.h); NULL: not looked at yet */
    bool ordered;            /* updates are to be written by ascending position */
} StageKeys;

/* The staging table of one table's run. The caller sets the first group and may set the second at any time. */
typedef struct Stage {
    Pg *pg;
    const Table *table;
    const bool *present; /* per mapped column: it is written; set before anything is applied */
    int64_t log_id;      /* 0 in a dry run: no history */
    bool undo;           /* a rollback: stamps are put back where a row says restore_timestamps */

    Layouts *layouts; /* of the state of the rows; NULL: they have none */
    LinkIndex *const *links; /* one per base table, for what the database makes of links; NULL: it is not asked */

    bool adopts;         /* some record takes over a row under another id */
    bool reactivates;    /* some row becomes active again */

    bool made;           /* the temporary table exists */
    int64_t seq;         /* of the last staged record */
    int64_t live;        /* staged records that are to be written */
    int refused;         /* by the database, found by bisection */
    int64_t inserted, updated; /* by stage_apply */
    StageKeys keys;
} Stage;

/* One row of it. What is zero or NULL here is NULL or false there. */
typedef struct StagingRow {
    SourcePosition position;
    char op;           /* 'i' insert, 'u' update, 's' only the state moves, 'd' deactivate, 'r' rejected from the
                          start */
    const char *id;    /* of the record, whatever the id column can hold */
    const char *rid;   /* of its row afterwards; NULL: rejected */
    const char *at_id; /* under which the row is found now */
    const uint64_t *raw;
    const Slot *cols, *before_cols; /* of the state: all of the layouts' slots (state.h) */
    int layout;
    bool had_state, state_moved, reactivates, before_deactivated, after_deactivated;
    const char *before_updated_at, *before_synced_at, *before_version;
    const char *changes;   /* {"column": [before, after]} */
    const char *conflicts; /* records, one a line (cells.h) */
    int n_conflicts, n_overwritten;
    Reject reject;
    const char *const *values; /* of the mapped columns */
    uint64_t new_keys;         /* the keys of which it has other values than its row has: key_bit of each */
    bool restore_timestamps;   /* rollback: the row becomes byte for byte what it was */
    const char *active;        /* rollback: is_active is put back to this */
} StagingRow;

/* Other writers wait until the run ends, readers never do: what is read from here on stays true until it is written. */
bool stage_lock_table(Pg *pg, const Table *table, Err *err);

/* The bit of the catalog's key k in StagingRow.new_keys; all keys beyond the 62nd share one. Kept positive: SQL has no
 * unsigned integers. */
static inline uint64_t key_bit(int k) { return (uint64_t)1 << (k < STAGE_KEYS ? k : STAGE_KEYS - 1); }
/* The bits of all keys that hold a mapped column, the id column, or is_active. */
enum { KEY_OF_ID = -1, KEY_OF_ACTIVE = -2 };
uint64_t key_bits_of(Stage *stage, int column);

/* The row as COPY text, appended; it gets the stage's next seq. */
void stage_put_row(Stage *stage, Buf *out, const StagingRow *row);

/* The same for a record that is not written: why, and its conflicts as records, one a line (NULL: none). */
void stage_reject(Stage *stage, Buf *out, const SourcePosition *position, const char *id, uint64_t raw, Reject reject,
                  const char *conflicts, int n_conflicts);

/* Make the table if it is not there; begin a COPY into it; copy n rows; drop it if it is there. */
bool stage_open(Stage *stage, Err *err);
bool stage_copy_in(Stage *stage, Err *err);
bool stage_copy(Stage *stage, const Buf *rows, int64_t n, Err *err);
bool stage_drop(Stage *stage, Err *err);
void stage_free(Stage *stage); /* the memory; not the temporary table, which ends with the transaction */

/* Write what is live to the table. Records that break a rule are not live afterwards and say why. */
bool stage_apply(Stage *stage, Err *err);

/* A staged record that the database refused. */
typedef struct LateReject {
    int64_t seq;
    Reject reject;
} LateReject;

typedef struct LateRejects {
    LateReject *items;
    int n, cap;
    Arena arena;
} LateRejects;

void late_rejects_free(LateRejects *rejects);

/* Deactivate the n rows that are staged for it; `refused` gets those that the database keeps active. */
bool stage_deactivate(Stage *stage, int64_t n, LateRejects *refused, Err *err);

/* The reject of a record whose key an earlier one of the file has. */
Reject stage_duplicate_key(const Table *table, const CatalogKey *key, const char *value, int64_t first_line,
                           Arena *arena);

/* ---- history.c ---- */

/* History and state of what was written, and into *counts what the stage came to. Conflicts and changes go to the
 * spools; `changes` NULL: not wanted. */
bool history_write(Stage *stage, TableCounts *counts, Spool *conflicts, Spool *changes, Err *err);

/* Two parts of it, for a rollback: records that got another id take their history along; changes and state as
 * staged. */
bool history_rename(Stage *stage, Err *err);
bool history_write_changes(Stage *stage, Err *err);


#endif

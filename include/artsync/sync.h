/* sync.h - the engine: one run updates the mapped tables from an export.
 *
 * One run is one transaction over all tables (linked tables first). Per table:
 *
 *   index     what the database has: state and rows (record_index.h)
 *   stream    source -> cleaner -> batch; records whose raw cells are as last time stop here
 *   decide    record x last-synced state x row, column by column: a pure function (decide.h)
 *   stage     what is to be written, into a temporary table (stage.h)
 *   apply     unique keys, checks, UPDATE, INSERT; bisection for refusals by the database (apply.c, bisect.c)
 *   history   changes, state, rejects (history.c, rejects.c)
 *
 * `running` is written by a second connection, `completed` by the transaction itself as its last statement. Dry runs
 * take the same path, roll back and leave no log rows.
 */
#ifndef ARTSYNC_SYNC_H
#define ARTSYNC_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/choices.h"
#include "artsync/clean.h"
#include "artsync/clock.h"
#include "artsync/counts.h"
#include "artsync/err.h"
#include "artsync/hash.h"
#include "artsync/session.h"
#include "artsync/source.h"
#include "artsync/spool.h"

typedef struct SyncFile { /* --file TABLE=PATH */
    const char *table;
    const char *path;
} SyncFile;

typedef struct SyncOptions {
    SyncMode mode;
    bool dry_run;
    bool want_changes;      /* diff: collect every change, field by field */
    SourcePlaces places;    /* without a folder: only the files named */
    const SyncFile *files;
    int n_files;
    StringList tables;           /* --table; empty: all */
    OnConflict on_conflict;
    Limit max_rejects;
    Limit max_deactivate;
    bool strict;            /* any reject refuses the sync */
    bool force;             /* skip the safety limits */
    int wait_seconds;       /* for another sync to end */
    bool manual;            /* the log calls it a manual run, whatever the mode */
    /* In the run's transaction, before anything of schema artsync is read or written; NULL: nothing is to be done. */
    bool (*prepare)(void *ctx, Pg *pg, const char *sync_id, Err *err);
    void *prepare_ctx;
} SyncOptions;

typedef struct SyncTable {
    const Table *table;
    Source source;               /* its location is owned by the result; its fingerprint is "" until it was taken */
    bool skipped;                /* unchanged since the last sync, not read */
    int64_t open_rejects;        /* of a table that was skipped */
    TableCounts counts;
    int64_t matched;             /* rows that some record has */
    int64_t rows_without_record; /* the others */
    int64_t ms;                  /* time spent on the table */
    bool replay;                 /* named with --file: never deactivates */
    const char *links_hash;      /* for sync_logs: the rows that its rejected links could have meant, or NULL */
    const char *rows_hash;       /* for sync_logs: the ids of the table's rows */
    StringList unmapped;              /* headers of the file that are not mapped */
    const char *header;          /* for sync_logs: the header's bytes as a bytea literal, or NULL */
} SyncTable;

typedef struct SyncResult {
    char sync_id[37];            /* UUID */
    SyncMode mode;
    bool dry_run;
    bool forced;                 /* --force lifted a guard */
    const char *status;          /* "completed", "failed", "dry_run" */
    char started_at[CLOCK_UTC];  /* ISO 8601, UTC */
    int64_t duration_ms;
    SyncTable *tables;           /* in link order */
    int n_tables;
    CleaningReport *cleaning;
    Spool *rejects;   /* records of REJECT_CELLS (changes.h) */
    Spool *conflicts; /* of CONFLICT_CELLS */
    Spool *not_found; /* of UNFOUND_CELLS */
    Spool *changes;   /* of CHANGE_CELLS; only with want_changes */
    Arena arena;
} SyncResult;

/* Run one sync. The result is filled as far as the run came, also on failure; free it either way.
 * Errors: every ErrCode; on all but ERR_UNKNOWN the database is as it was before. */
bool sync_run(const Session *session, const SyncOptions *options, SyncResult *result, Err *err);
void sync_result_free(SyncResult *result);

/* EXIT_DONE or EXIT_ATTENTION for a run that succeeded. */
ExitStatus sync_result_status(const SyncResult *result);

/* ---- what `status` asks: would a sync with these options read this table's file? ---- */

typedef struct PendingStatus {
    const Table *table;
    const char *path, *file;
    char sha256[SHA256_HEX];  /* "" if the file is missing */
    bool missing;
    bool changed;             /* a sync would read the file */
    char last_sync_id[51];    /* of the last completed sync of the table; "" : none */
    char last_synced_at[40];  /* its completed_at, ISO 8601; "" */
    int64_t open_rejects;
} PendingStatus;

/* One entry per base table, in link order; `statuses` has base->n_tables places. Of the options places, mode and
 * on_conflict count. Paths live in `arena`. Read only. */
bool sync_pending_status(const Session *session, const SyncOptions *options, Phase phase, PendingStatus *statuses,
                         Arena *arena, Err *err);

#endif

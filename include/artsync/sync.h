/* sync.h - the engine: one run brings the mapped tables in step with an export, or undoes such a run.
 *
 * One run is one transaction over all tables (linked tables first). Per table:
 *
 *   index     what the database has: state and rows (record_index.h)
 *   stream    csv -> cleaner -> batch; records whose raw cells are as last time stop here
 *   decide    record x last-synced state x row, column by column: a pure function (decide.h)
 *   stage     what is to be written, into a temporary table (stage.h)
 *   apply     unique keys, checks, UPDATE, INSERT; bisection for what nobody foresaw (apply.c, bisect.c)
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
#include "artsync/clean.h"
#include "artsync/err.h"
#include "artsync/hash.h"
#include "artsync/pg.h"
#include "artsync/spool.h"

typedef enum SyncMode { SYNC_INCREMENTAL, SYNC_MERGE, SYNC_FULL } SyncMode;
typedef enum OnConflict { CONFLICT_BY_PHASE, CONFLICT_EXPORT, CONFLICT_DATABASE, CONFLICT_REJECT } OnConflict;
typedef enum Phase { PHASE_PARALLEL, PHASE_PRIMARY, PHASE_ARCHIVE } Phase;

/* "incremental" ..., "export" ..., "parallel" ...; the parsers return false for an unknown name. */
const char *sync_mode_name(SyncMode mode);
bool sync_mode_parse(const char *name, SyncMode *mode);
bool on_conflict_parse(const char *name, OnConflict *choice);
const char *phase_name(Phase phase);
bool phase_parse(const char *name, Phase *phase);

/* A limit of records: a number, or a percentage, which never trips below 10 records. */
typedef struct Limit {
    double value;
    bool percent;
} Limit;

bool limit_parse(const char *text, Limit *limit); /* "25" or "2.5%" */
bool limit_exceeded(Limit limit, int64_t count, int64_t of);

typedef struct SyncFile { /* --file TABLE=PATH */
    const char *table;
    const char *path;
} SyncFile;

typedef struct SyncOptions {
    SyncMode mode;
    bool dry_run;
    bool want_changes;      /* diff: collect every change, field by field */
    const char *export_dir; /* NULL: only the files named */
    const SyncFile *files;
    int n_files;
    StringList tables;           /* --table; empty: all */
    OnConflict on_conflict;
    Limit max_rejects;
    Limit max_deactivate;
    bool strict;            /* any reject refuses the sync */
    bool force;             /* lift the guards */
    int wait_seconds;       /* for another sync to end */
} SyncOptions;

typedef struct SyncTable {
    const Table *table;
    const char *path;            /* of the file; owned by the result */
    const char *file;            /* its name without folder */
    char sha256[SHA256_HEX];     /* "" until it was hashed */
    bool skipped;                /* unchanged since the last sync, not read */
    int64_t read, created, updated, unchanged, deactivated, reactivated;
    int64_t rejected, new_rejects, skipped_records, conflicts, overwritten, warnings;
    int64_t ms;                  /* time spent on the table */
    bool replay;                 /* named with --file: never deactivates */
    const char *links_hash;      /* for sync_logs: the rows that its rejected links could have meant, or NULL */
    const char *rows_hash;       /* for sync_logs: the ids of the table's rows */
    StringList unmapped;              /* headers of the file that nobody maps */
    const char *header;          /* for sync_logs: the header's bytes as a bytea literal, or NULL */
} SyncTable;

typedef struct SyncResult {
    char sync_id[37];            /* UUID */
    SyncMode mode;
    bool dry_run;
    bool forced;                 /* --force lifted a guard */
    const char *status;          /* "completed", "failed", "dry_run" */
    char started_at[40];         /* ISO 8601, UTC */
    int64_t duration_ms;
    SyncTable *tables;           /* in link order */
    int n_tables;
    CleaningReport *cleaning;
    Spool *rejects;   /* {"table","file","record","line","id","column","value","code","reason","new"} */
    Spool *conflicts; /* {"table","id","column","export","database","resolution"} */
    Spool *changes;   /* {"table","id","action","columns":{"name":{"from","to"}}}; only with want_changes */
    Arena arena;
} SyncResult;

/* Run one sync. `data` carries the transaction, `log` is a second connection (may be NULL for a dry run); both must be
 * idle, the base bound. The result is filled as far as the run came, also on failure; free it either way.
 * Errors: every ErrCode; on all but ERR_UNKNOWN the database is as it was before. */
bool sync_run(Pg *data, Pg *log, const Base *base, const SyncOptions *options, SyncResult *result,
              Err *err);
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

/* One entry per base table, in link order; `statuses` has base->n_tables places. Of the options export_dir, mode and
 * on_conflict count. Paths live in `arena`. Read only. */
bool sync_pending_status(Pg *pg, const Base *base, const SyncOptions *options, Phase phase, PendingStatus *statuses, Arena *arena,
                  Err *err);

/* ---- the phase of the move, stored with the data ---- */

bool phase_read(Pg *pg, const char *base, Phase *phase, Err *err);
/* Change it, inside a transaction that holds the base's lock (ERR_BUSY: a sync is running), so that no sync runs under a
 * phase that is being left. `from` is what was stored, or NULL; the move is noted in artsync.setting_changes. */
bool phase_lock(Pg *pg, const char *base, Err *err);
bool phase_write(Pg *pg, const char *base, const char *from, Phase to, bool forced, Err *err);

/* ---- sync ids ---- */

/* Resolve what people type (a whole id, a unique prefix, "last") to a sync id of this base; ERR_USAGE if there is none
 * or several. "last" is the newest completed sync that was not rolled back; with `for_rollback` the newest that
 * changed something and can be undone. */
bool sync_find(Pg *pg, const char *base, const char *text, bool for_rollback, char sync_id[51], Err *err);

/* ---- rollback ---- */

typedef struct RollbackOptions {
    bool dry_run;
    bool strict; /* refuse if anything would be kept */
    int wait_seconds;
} RollbackOptions;

typedef struct RollbackResult {
    char sync_id[51];      /* the sync that was undone */
    char rollback_id[37];  /* the rollback's own sync id */
    bool dry_run;
    int64_t reversed;      /* rows put back (in part or whole) */
    int64_t kept;          /* columns that changed since and were left; a created row that is kept counts 1 */
    int64_t deleted;       /* created rows removed */
    Spool *details;        /* {"table","id","action":"reversed|kept|deleted","columns":{"name":{"from","to"}},"reason"} */
    Arena arena;
} RollbackResult;

bool rollback_run(Pg *data, Pg *log, const Base *base, const char *which,
                  const RollbackOptions *options, RollbackResult *result, Err *err);
void rollback_result_free(RollbackResult *result);

#endif

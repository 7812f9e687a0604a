/* session.h - what every run has, a sync as well as a rollback: its connections, the base's lock, its rows in the log,
 * COMMIT.
 *
 * `running` is written by a second connection before the data's transaction writes anything; the transaction itself
 * writes `completed` as its last statement. A run that holds the lock and finds `running` knows that an earlier run was
 * killed.
 */
#ifndef ARTSYNC_SESSION_H
#define ARTSYNC_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/choices.h"
#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/pg.h"

typedef struct Session {
    Pg *data;         /* carries the transaction; idle before and after a run */
    Pg *log;          /* a second connection, for sync_logs alone; NULL: the run leaves no log rows (a dry run) */
    const Base *base; /* bound to the catalog */
} Session;

/* ---- begin and end ---- */

/* BEGIN of a run, named after it, with the base's lock; ERR_BUSY if another run holds it after `wait_seconds`. */
bool session_begin(const Session *session, const char *run_id, int wait_seconds, Err *err);

/* COMMIT of a run, whose row in sync_logs proves it. */
bool session_commit(const Session *session, const char *run_id, Err *err);

/* ROLLBACK of a run that failed. With `logged` its rows in the log say so; failing at that is no error. */
void session_abort(const Session *session, const char *run_id, bool logged, const Err *why);

/* Take the base's lock in the open transaction, or say who holds it (ERR_BUSY). */
bool base_lock(Pg *pg, const char *base, Err *err);

/* A UUID, version 4. */
void uuid_new(char out[37]);

/* ---- the log ---- */

typedef struct RunlogRow {
    const char *type, *table, *file, *sha256; /* the last two NULL: a rollback */
    bool replay;                              /* the file was named with --file */
    int64_t *id;                              /* receives the row's id */
} RunlogRow;

/* A run's rows are written together, by the second connection: all of them say running, with the id of the data's
 * transaction, or none is there. */
bool runlog_begin(const Session *session, const char *run_id, const RunlogRow *rows, int n, Err *err);

/* Who holds the base's lock, as its log says it; leaves `out` as it is where no row is running. */
bool runlog_holder(Pg *pg, const char *base, Buf *out, Err *err);

/* "user@host, process 123", of this process. */
const char *runlog_who(Arena *arena);

/* What started this process: "watch", "cron" (an ancestor of that name), "systemd", "terminal" (stdin is one) or
 * "other". The first that holds counts. */
const char *run_origin(void);
/* `artsync watch` says so to the runs that it starts, by this variable of the environment. */
#define ORIGIN_VARIABLE "ARTSYNC_STARTED_BY"

/* ---- sync ids ---- */

/* Resolve what a user types (a whole id, a unique prefix, "last") to a sync id of this base; ERR_USAGE if there is none
 * or several. "last" is the newest completed sync that was not rolled back; with `for_rollback` the newest that
 * changed something and can be undone. */
bool sync_find(Pg *pg, const char *base, const char *text, bool for_rollback, char sync_id[51], Err *err);

/* ---- the phase of the move, stored with the data ---- */

bool phase_read(Pg *pg, const char *base, Phase *phase, Err *err);
/* Change it, inside a transaction that holds the base's lock (ERR_BUSY: a sync is running), so that no sync runs under
 * a phase that is being left. `from` is what was stored, or NULL; the move is noted in artsync.setting_changes. */
bool phase_lock(Pg *pg, const char *base, Err *err);
bool phase_write(Pg *pg, const char *base, const char *from, Phase to, bool forced, Err *err);

#endif

/* session.c - one run at a time per base: its transaction begins with the lock, and ends with COMMIT or not at all. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "artsync/clock.h"
#include "artsync/embed.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "artsync/shell.h"
#include "internal.h"


void uuid_new(char out[37])
{
    unsigned char b[16];
    while (getrandom(b, sizeof b, 0) != sizeof b)
        ;
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
             b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

enum { TRY_AGAIN_MS = 250 };

bool base_lock(Pg *pg, const char *base, Err *err)
{
    bool taken = false;
    Buf holder = {0};
    bool ok = pg_lock_base(pg, base, 0, &taken, &holder, err);
    if (ok && !taken)
        ok = runlog_holder(pg, base, &holder, err) &&
             err_set(err, ERR_BUSY, "wait until it ends, or give --wait SECONDS", "another sync is running: %s",
                     holder.len ? holder.data : "it does not say who");
    buf_free(&holder);
    return ok;
}

static bool begin_once(Pg *pg, const char *base, const char *run_id, Err *err)
{
    Arena arena = {0};
    const char *params[] = {arena_printf(&arena, "artsync/%s", run_id)};
    char *set = NULL;
    bool ok = pg_begin(pg, PG_TX_WRITE, err) &&
              pg_value(pg, sql_query("name_transaction"), 1, params, &set, err) &&
              base_lock(pg, base, err);
    free(set);
    arena_free(&arena);
    return ok;
}

/* A run that waits holds no transaction: behind a pooler that would be a connection which the running sync may need to
 * write its log. So the lock is tried again and again, and waiting runs get it in no fixed order. */
bool session_begin(const Session *session, const char *run_id, int wait_seconds, Err *err)
{
    Pg *pg = session->data;
    int64_t until = clock_ms() + (int64_t)wait_seconds * 1000;
    while (!begin_once(pg, session->base->name, run_id, err)) {
        pg_rollback(pg);
        if (err->code != ERR_BUSY || clock_ms() >= until)
            return false;
        err_clear(err);
        interrupt_sleep(TRY_AGAIN_MS);
        if (!interrupt_check(err))
            return false;
    }
    return true;
}

bool session_commit(const Session *session, const char *run_id, Err *err)
{
    progress_table("database");
    progress_phase("commit");
    const PgProof proof = {command_hint("once the database is back, see: {}", "history"), sql_query("log_outcome"), 1,
                           &run_id};
    return pg_commit(session->data, &proof, err);
}

void session_abort(const Session *session, const char *run_id, bool logged, const Err *why)
{
    interrupt_hold(); /* it is ending already */
    pg_rollback(session->data);
    if (logged && why->code != ERR_UNKNOWN)
        runlog_fail(session->log, run_id, why);
}

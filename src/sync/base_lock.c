/* base_lock.c - one run at a time per base: take the lock at the start of a transaction, or say who has it. */
#include <stdlib.h>
#include <time.h>

#include "artsync/interrupt.h"
#include "engine.h"

enum { TRY_AGAIN_MS = 250 };

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

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
              pg_value(pg, "SELECT pg_catalog.set_config('application_name', $1, true)", 1, params, &set, err) &&
              base_lock(pg, base, err);
    free(set);
    arena_free(&arena);
    return ok;
}

/* Whoever waits holds no transaction: behind a pooler that would be a connection which the running sync may need to write
 * its log. So the lock is tried again and again, and who gets it next is not a matter of who came first. */
bool base_begin(Pg *pg, const char *base, const char *run_id, int wait_seconds, Err *err)
{
    int64_t until = now_ms() + (int64_t)wait_seconds * 1000;
    while (!begin_once(pg, base, run_id, err)) {
        pg_rollback(pg);
        if (err->code != ERR_BUSY || now_ms() >= until)
            return false;
        err_clear(err);
        interrupt_sleep(TRY_AGAIN_MS);
        if (!interrupt_check(err))
            return false;
    }
    return true;
}

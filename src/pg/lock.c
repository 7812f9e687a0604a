/* One sync at a time: an advisory lock of the transaction, since a session's lock does not exclude others behind a
 * pooler. */
#include <stdio.h>

#include "artsync/embed.h"
#include "private.h"

static bool try_lock(Pg *pg, const char *base, bool *taken, Err *err)
{
    PgRows *rows;
    if (!pg_row(pg, sql_query("lock_try"), 1, &base, &rows, err))
        return false;
    *taken = pg_bool(rows, 0, 0);
    pg_rows_free(rows);
    return true;
}

static bool timeouts(Pg *pg, int lock_s, int statement_s, Err *err)
{
    const char *params[] = {PG_INT(lock_s * (int64_t)1000), PG_INT(statement_s * (int64_t)1000)};
    PgRows *rows;
    if (!pg_row(pg, sql_query("lock_timeouts"), 2, params, &rows, err))
        return false;
    pg_rows_free(rows);
    return true;
}

/* Waiting in the server's queue is fair. A timeout aborts the transaction, hence the savepoint. */
static bool wait_lock(Pg *pg, const char *base, int seconds, bool *taken, Err *err)
{
    enum { LONGEST = 20 * 24 * 3600 }; /* the settings are milliseconds in an int */
    int timeout_s = pg->timeout_s;
    seconds = seconds < LONGEST ? seconds : LONGEST;
    if (!pg_savepoint(pg, "artsync_lock", err) || !timeouts(pg, seconds, 0, err))
        return false;
    pg->timeout_s = seconds + TIMEOUT_S - STATEMENT_TIMEOUT;
    PgRows *rows;
    Err why = {0};
    *taken = pg_row(pg, sql_query("lock_wait"), 1, &base, &rows, &why);
    pg->timeout_s = timeout_s;
    if (*taken) {
        pg_rows_free(rows);
        return timeouts(pg, LOCK_TIMEOUT, STATEMENT_TIMEOUT, err) && pg_release(pg, "artsync_lock", err);
    }
    if (why.code != ERR_TIMEOUT) {
        *err = why;
        return false;
    }
    err_clear(&why);
    return pg_rollback_to(pg, "artsync_lock", err); /* puts the timeouts back as well */
}

static bool describe_holder(Pg *pg, const char *base, Buf *out, Err *err)
{
    PgRows *rows;
    if (!pg_query(pg, sql_query("lock_holder"), 1, &base, &rows, err))
        return false;
    if (pg_count(rows) == 0) {
        buf_str(out, "a session that this role may not see");
    } else {
        buf_str(out, pg_get(rows, 0, 0));
        if (pg_get(rows, 0, 1))
            buf_printf(out, ", since %s", pg_get(rows, 0, 1));
        if (pg_get(rows, 0, 2))
            buf_printf(out, ", from %s", pg_get(rows, 0, 2));
        if (pg_get(rows, 0, 3))
            buf_printf(out, ", as role %s", pg_get(rows, 0, 3));
    }
    pg_rows_free(rows);
    return true;
}

bool pg_lock_base(Pg *pg, const char *base, int wait_seconds, bool *taken, Buf *holder, Err *err)
{
    if (PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
        return err_set(err, ERR_DATABASE, NULL, "the lock of a base needs an open transaction");
    if (!try_lock(pg, base, taken, err))
        return false;
    if (!*taken && wait_seconds > 0 && !wait_lock(pg, base, wait_seconds, taken, err))
        return false;
    return *taken || !holder || describe_holder(pg, base, holder, err);
}

bool pg_lock_or_busy(Pg *pg, const char *base, int wait_seconds, const char *what, const char *hint, Err *err)
{
    bool taken = false;
    Buf holder = {0};
    bool ok = pg_lock_base(pg, base, wait_seconds, &taken, &holder, err);
    if (ok && !taken)
        ok = err_set(err, ERR_BUSY, hint, "%s: %s", what, holder.len ? holder.data : "it does not say who");
    buf_free(&holder);
    return ok;
}

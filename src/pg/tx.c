/* Transactions: what is pinned at their start, and an end whose outcome is known or known to be unknown. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/interrupt.h"
#include "private.h"

static bool simple(Pg *pg, const char *sql, Err *err)
{
    return pg_send_script(pg, sql, err) && pg_finish(pg, NULL, NULL, err);
}

/* Seconds, per kind of transaction. `answer` is more than `statement`: the server answers first. */
static const struct {
    int lock, statement, answer;
} limits[] = {
    [PG_TX_WRITE] = {LOCK_TIMEOUT, STATEMENT_TIMEOUT, TIMEOUT_S},
    [PG_TX_READ] = {LOCK_TIMEOUT, STATEMENT_TIMEOUT, TIMEOUT_S},
    [PG_TX_NOTE] = {LOCK_TIMEOUT, NOTE_TIMEOUT, NOTE_TIMEOUT + LAST_TIMEOUT_S},
    [PG_TX_LAST] = {LAST_LOCK_TIMEOUT, LAST_TIMEOUT, LAST_TIMEOUT_S},
};

static bool pin(Pg *pg, PgTx kind, Err *err)
{
    const char *params[] = {pg->application_name, PG_INT(limits[kind].lock * 1000),
                            PG_INT(limits[kind].statement * 1000), PG_INT(IDLE_TIMEOUT * 1000),
                            PG_INT(CONNECTION_CHECK_INTERVAL * 1000)};
    return pg_send(pg, sql_query("begin"), 5, params, err) && pg_finish(pg, NULL, NULL, err);
}

bool pg_begin(Pg *pg, PgTx kind, Err *err)
{
    if (!pg->lost && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
        return err_set(err, ERR_DATABASE, NULL, "a transaction is open on this connection already");
    /* not READ WRITE: a role that is read-only by default stays so */
    const char *begin = kind == PG_TX_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                                           : "BEGIN ISOLATION LEVEL READ COMMITTED";
    pg->xid[0] = '\0';
    free(pg->path);
    pg->path = NULL;
    pg->timeout_s = limits[kind].answer;
    if (simple(pg, begin, err) && pin(pg, kind, err) && pg_read_indexes(pg, err))
        return true;
    pg_rollback(pg);
    return false;
}

void pg_rollback(Pg *pg)
{
    if (!pg)
        return;
    pg_cancel_and_drain(pg);
    if (pg->lost || PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
        return;
    bool ignore_signals = pg->ignore_signals;
    int timeout_s = pg->timeout_s;
    pg->ignore_signals = true; /* also after a signal the ROLLBACK has to go out */
    pg->timeout_s = DRAIN_TIMEOUT_S;
    for (int tries = 0; tries < 2; tries++) { /* a late cancel of what went before may hit the first */
        Err ignored = {0};
        bool done = simple(pg, "ROLLBACK", &ignored);
        err_clear(&ignored);
        if (done || pg->lost)
            break;
        pg->lost = tries > 0; /* closing the connection rolls back as well */
    }
    pg->ignore_signals = ignore_signals;
    pg->timeout_s = timeout_s;
}

/* ---- savepoints ---- */

static bool with_name(Pg *pg, const char *before, const char *name, const char *between, Err *err)
{
    Buf sql = {0};
    buf_str(&sql, before);
    sql_ident(&sql, name);
    if (between) {
        buf_str(&sql, between);
        sql_ident(&sql, name);
    }
    bool ok = simple(pg, sql.data, err);
    buf_free(&sql);
    return ok;
}

bool pg_savepoint(Pg *pg, const char *name, Err *err) { return with_name(pg, "SAVEPOINT ", name, NULL, err); }

bool pg_release(Pg *pg, const char *name, Err *err) { return with_name(pg, "RELEASE SAVEPOINT ", name, NULL, err); }

bool pg_rollback_to(Pg *pg, const char *name, Err *err)
{
    pg_cancel_and_drain(pg); /* a COPY that was abandoned, for example */
    return with_name(pg, "ROLLBACK TO SAVEPOINT ", name, "; RELEASE SAVEPOINT ", err);
}

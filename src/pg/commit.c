/* COMMIT, and what became of it where the reply was lost. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/clock.h"
#include "artsync/embed.h"
#include "artsync/interrupt.h"
#include "private.h"

typedef enum Outcome { COMMITTED, NOT_COMMITTED, UNDECIDED, UNKNOWN } Outcome;

const char *pg_xid(Pg *pg, Err *err)
{
    PgRows *rows;
    if (pg->xid[0])
        return pg->xid;
    if (!pg_row(pg, sql_query("commit_xid"), 0, NULL, &rows, err))
        return NULL;
    snprintf(pg->xid, sizeof pg->xid, "%s", pg_get(rows, 0, 0));
    snprintf(pg->server, sizeof pg->server, "%s", pg_get(rows, 0, 1));
    pg_rows_free(rows);
    return pg->xid;
}

/* UNDECIDED: the reply was lost. Once the first byte may have left, a broken connection says nothing about the
 * outcome. */
static Outcome send_commit(Pg *pg, Err *err)
{
    PGresult *result = NULL;
    bool ignore_signals = pg->ignore_signals;
    if (!PQsendQuery(pg->conn, "COMMIT")) { /* nothing has left: the server will roll back */
        pg_error_lost(pg, err);
        return NOT_COMMITTED;
    }
    pg->ignore_signals = pg->committing = true;
    pg->waiting_since = 0;
    bool answered = pg_flush(pg, err) && pg_finish(pg, NULL, &result, err);
    pg->committing = false;
    pg->ignore_signals = ignore_signals;
    if (!answered) {
        pg->lost |= PQstatus(pg->conn) == CONNECTION_BAD;
        return pg->lost ? UNDECIDED : NOT_COMMITTED; /* not lost: a deferred constraint, for example */
    }
    bool committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    if (!committed)
        err_set(err, ERR_DATABASE, NULL, "the server rolled the transaction back instead of committing it");
    return committed ? COMMITTED : NOT_COMMITTED;
}

/* ---- the reply was lost ---- */

static Outcome outcome_of(const char *status)
{
    if (!status) /* too long ago for the server to remember */
        return UNKNOWN;
    return strcmp(status, "committed") == 0 ? COMMITTED : strcmp(status, "aborted") == 0 ? NOT_COMMITTED : UNDECIDED;
}

/* Transaction ids mean something only to the server that gave them. After a failover, or a restart that may have been
 * one, only what the transaction itself has written proves that it was committed. */
static Outcome prove(Pg *pg, const PgProof *proof, Err *why)
{
    char *text = NULL;
    if (!proof->sql) {
        err_set(why, ERR_UNKNOWN, NULL, "the server was restarted or replaced by another one");
        return UNKNOWN;
    }
    if (!pg_value(pg, proof->sql, proof->n, proof->params, &text, why))
        return UNKNOWN;
    Outcome outcome = text && text[0] == 't' ? COMMITTED : NOT_COMMITTED;
    free(text);
    return outcome;
}

/* One query. UNDECIDED: ask again. */
static Outcome look(Pg *pg, const PgProof *proof, const char *xid, const char *server, Err *why)
{
    if (pg->lost && !pg_reconnect(pg, why))
        return why->code == ERR_CONNECT ? UNDECIDED : UNKNOWN;
    const char *params[] = {xid, server};
    PgRows *rows = NULL;
    Outcome outcome = UNKNOWN;
    if (pg_begin(pg, PG_TX_LAST, why) && pg_row(pg, sql_query("commit_outcome"), 2, params, &rows, why)) {
        outcome = pg_bool(rows, 0, 0) ? outcome_of(pg_get(rows, 0, 1)) : prove(pg, proof, why);
        if (outcome == UNDECIDED)
            err_set(why, ERR_TIMEOUT, NULL, "the server has not ended the transaction yet");
    }
    pg_rows_free(rows);
    pg_rollback(pg);
    return outcome == UNKNOWN && pg->lost ? UNDECIDED : outcome;
}

static Outcome resolve(Pg *pg, const PgProof *proof, Err *why)
{
    char xid[sizeof pg->xid], server[sizeof pg->server];
    snprintf(xid, sizeof xid, "%s", pg->xid);
    snprintf(server, sizeof server, "%s", pg->server);
    int64_t start = clock_ms();
    for (;;) {
        err_clear(why);
        Outcome outcome = look(pg, proof, xid, server, why);
        if (outcome != UNDECIDED)
            return outcome;
        int64_t until = start + (pg->lost ? RESOLVE_CONNECT : RESOLVE_PROGRESS) * 1000;
        int64_t hurried = interrupt_at() + SIGNAL_TIMEOUT_S * 1000;
        if (interrupt_at() && hurried < until)
            until = hurried;
        if (clock_ms() >= until)
            return UNKNOWN;
        interrupt_sleep(RESOLVE_WAIT_MS);
    }
}

static Outcome find_out(Pg *pg, const PgProof *proof, Err *err)
{
    Err why = {0};
    Outcome outcome = resolve(pg, proof, &why);
    err_clear(err);
    if (outcome == NOT_COMMITTED)
        err_set(err, ERR_LOST, "run it again", "the connection broke during COMMIT, and nothing was changed");
    else if (outcome == UNKNOWN)
        err_set(err, ERR_UNKNOWN, proof->look,
                "the connection broke during COMMIT, and it is unknown whether the changes were committed: %s",
                why.message ? why.message : "the server does not remember the transaction");
    err_clear(&why);
    return outcome;
}

/* ---- the interface ---- */

static bool can_commit(Pg *pg, Err *err)
{
    if (!interrupt_check(err))
        return false;
    if (pg->lost)
        return err_set(err, ERR_LOST, NULL, "the connection broke before COMMIT");
    if (PQtransactionStatus(pg->conn) != PQTRANS_INTRANS)
        return err_set(err, ERR_DATABASE, NULL, "there is nothing to commit: the transaction failed");
    return true;
}

bool pg_commit(Pg *pg, const PgProof *proof, Err *err)
{
    /* what is deferred to the end of the transaction is the business's, too */
    if (!can_commit(pg, err) || !pg_xid(pg, err) || (pg->path && !pg_path_database(pg, err))) {
        pg_rollback(pg);
        return false;
    }
    interrupt_hold();
    mem_outcome(MEM_UNKNOWN);
    Outcome outcome = send_commit(pg, err);
    if (outcome == UNDECIDED)
        outcome = find_out(pg, proof, err);
    if (outcome == NOT_COMMITTED)
        pg_rollback(pg);
    mem_outcome(outcome == COMMITTED ? MEM_DONE : outcome == UNKNOWN ? MEM_UNKNOWN : MEM_NOTHING_CHANGED);
    return outcome == COMMITTED;
}

bool pg_commit_note(Pg *pg, Err *err)
{
    if (can_commit(pg, err) && send_commit(pg, err) == COMMITTED)
        return true;
    pg_rollback(pg);
    return false;
}

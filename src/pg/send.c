/* Sending a statement and reading its results to the end, each checked. */
#include "private.h"

bool pg_ready(Pg *pg, Err *err)
{
    if (pg->lost)
        return err_set(err, ERR_LOST, NULL, "%s: the connection is closed", pg->description);
    if (PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
        return err_set(err, ERR_DATABASE, NULL, "another statement is under way on this connection");
    return true;
}

const char *pg_storable(Pg *pg, const char *text, Arena *arena) { return charset_shown(pg->charset, text, arena); }

static const char *const *storable(Pg *pg, int n, const char *const *params)
{
    if (!pg->charset || n == 0)
        return params;
    arena_reset(&pg->shown);
    const char **shown = arena_alloc(&pg->shown, sizeof *shown * (size_t)n);
    for (int i = 0; i < n; i++)
        shown[i] = pg_storable(pg, params[i], &pg->shown);
    return shown;
}

bool pg_send(Pg *pg, const char *sql, int n, const char *const *params, Err *err)
{
    if (!pg_ready(pg, err))
        return false;
    params = storable(pg, n, params);
    if (!PQsendQueryParams(pg->conn, sql, n, NULL, params, NULL, NULL, 0))
        return pg_error_lost(pg, err);
    return pg_flush(pg, err);
}

bool pg_send_script(Pg *pg, const char *sql, Err *err)
{
    if (!pg_ready(pg, err))
        return false;
    if (!PQsendQuery(pg->conn, sql))
        return pg_error_lost(pg, err);
    return pg_flush(pg, err);
}

bool pg_is_error(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

static bool is_copy(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

bool pg_finish(Pg *pg, const char *script, PGresult **last, Err *err)
{
    PGresult *kept = NULL;
    bool ok = true;
    for (;;) {
        PGresult *result;
        if (!pg_next(pg, &result, err)) {
            ok = false;
            break;
        }
        if (!result)
            break;
        if (pg_is_error(result))
            ok = pg_error_result(pg, result, script, err);
        if (is_copy(result)) { /* it would repeat itself for ever */
            PQclear(result);
            pg_cancel_and_drain(pg);
            ok = err_set(err, ERR_DATABASE, NULL, "COPY to or from the client is not possible here");
            break;
        }
        PQclear(kept);
        kept = result;
        if (pg->lost)
            break;
    }
    if (ok && !kept)
        ok = err_set(err, ERR_LOST, NULL, "%s: the server gave no result", pg->description);
    if (ok && last) {
        *last = kept;
        return true;
    }
    PQclear(kept);
    return ok;
}

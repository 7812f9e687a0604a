/* Statements: send, wait, check every result, hand out the shape that was asked for. */
#include <stdlib.h>

#include "private.h"

/* Outside a transaction a statement gets one of its own, for what pg_begin pins: a search_path that others can write to
 * decides nothing, and a pooler's server connection keeps nothing. */
static bool begin_own(Pg *pg, bool *own, Err *err)
{
    *own = !pg->lost && PQtransactionStatus(pg->conn) == PQTRANS_IDLE;
    return !*own || pg_begin(pg, PG_TX_WRITE, err);
}

static bool end_own(Pg *pg, bool own, bool ok, Err *err)
{
    if (own && ok) /* END, so that COMMIT in a server's log is always that of a run */
        ok = pg_send_script(pg, "END", err) && pg_finish(pg, NULL, NULL, err);
    if (own && !ok)
        pg_rollback(pg);
    return ok;
}

static bool run(Pg *pg, const char *sql, int n, const char *const *params, ExecStatusType wanted, PGresult **result,
                Err *err)
{
    bool own;
    *result = NULL;
    if (!begin_own(pg, &own, err))
        return false;
    bool ok = pg_send(pg, sql, n, params, err) && pg_finish(pg, NULL, result, err);
    if (!end_own(pg, own, ok, err)) {
        PQclear(*result);
        *result = NULL;
        return false;
    }
    if (PQresultStatus(*result) == wanted)
        return true;
    err_set(err, ERR_DATABASE, NULL,
            wanted == PGRES_TUPLES_OK ? "rows were expected of \"%.60s\", it returned none"
                                      : "no rows were expected of \"%.60s\"",
            sql);
    PQclear(*result);
    *result = NULL;
    return false;
}

bool pg_run(Pg *pg, const char *sql, int n, const char *const *params, int64_t *affected, Err *err)
{
    PGresult *result;
    if (!run(pg, sql, n, params, PGRES_COMMAND_OK, &result, err))
        return false;
    if (affected)
        *affected = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return true;
}

bool pg_script(Pg *pg, const char *sql, Err *err)
{
    bool own;
    if (!begin_own(pg, &own, err))
        return false;
    bool ok = pg_send_script(pg, sql, err) && pg_finish(pg, sql, NULL, err);
    if (ok && PQtransactionStatus(pg->conn) != PQTRANS_INTRANS)
        ok = err_set(err, ERR_DATABASE, "take BEGIN, COMMIT and ROLLBACK out of it",
                     "the script ended the transaction it ran in");
    return end_own(pg, own, ok, err);
}

bool pg_query(Pg *pg, const char *sql, int n, const char *const *params, PgRows **rows, Err *err)
{
    PGresult *result;
    *rows = NULL;
    if (!run(pg, sql, n, params, PGRES_TUPLES_OK, &result, err))
        return false;
    *rows = mem_alloc(sizeof **rows);
    (*rows)->result = result;
    return true;
}

bool pg_row(Pg *pg, const char *sql, int n, const char *const *params, PgRows **rows, Err *err)
{
    if (!pg_query(pg, sql, n, params, rows, err))
        return false;
    int count = pg_count(*rows);
    if (count == 1)
        return true;
    pg_rows_free(*rows);
    *rows = NULL;
    return err_set(err, ERR_DATABASE, NULL, "expected one row, got %d, from \"%.60s\"", count, sql);
}

bool pg_value(Pg *pg, const char *sql, int n, const char *const *params, char **value, Err *err)
{
    PgRows *rows;
    *value = NULL;
    if (!pg_row(pg, sql, n, params, &rows, err))
        return false;
    bool ok = pg_width(rows) == 1 ||
              err_set(err, ERR_DATABASE, NULL, "expected one column, got %d, from \"%.60s\"", pg_width(rows), sql);
    if (ok && pg_get(rows, 0, 0))
        *value = mem_dup(pg_get(rows, 0, 0));
    pg_rows_free(rows);
    return ok;
}

int pg_count(const PgRows *rows) { return PQntuples(rows->result); }

int pg_width(const PgRows *rows) { return PQnfields(rows->result); }

const char *pg_column_name(const PgRows *rows, int column) { return PQfname(rows->result, column); }

const char *pg_get(const PgRows *rows, int row, int column)
{
    return PQgetisnull(rows->result, row, column) ? NULL : PQgetvalue(rows->result, row, column);
}


bool pg_bool(const PgRows *rows, int row, int column)
{
    const char *text = pg_get(rows, row, column);
    return text && text[0] == 't';
}

int64_t pg_int(const PgRows *rows, int row, int column)
{
    const char *text = pg_get(rows, row, column);
    return text ? strtoll(text, NULL, 10) : 0;
}

void pg_rows_free(PgRows *rows)
{
    if (!rows)
        return;
    PQclear(rows->result);
    free(rows);
}

/* ---- row by row ---- */

static bool single_rows(PGconn *conn)
{
#ifdef LIBPQ_HAS_CHUNK_MODE
    return PQsetChunkedRowsMode(conn, 256);
#else
    return PQsetSingleRowMode(conn);
#endif
}

static bool has_rows(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
#ifdef LIBPQ_HAS_CHUNK_MODE
    if (status == PGRES_TUPLES_CHUNK)
        return true;
#endif
    return status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK;
}

static bool each_row(const PGresult *result, const char **cells, PgRowFn *each, void *ctx, Err *err)
{
    int width = PQnfields(result);
    for (int row = 0; row < PQntuples(result); row++) {
        for (int i = 0; i < width; i++)
            cells[i] = PQgetisnull(result, row, i) ? NULL : PQgetvalue(result, row, i);
        if (!each(ctx, cells, width, err))
            return false;
    }
    return true;
}

/* One result of the stream. False: `err` is set, and what still comes is to be dropped. */
static bool take_result(Pg *pg, const char *sql, const PGresult *result, const char ***cells, PgRowFn *each, void *ctx,
                        Err *err)
{
    if (pg_is_error(result))
        return pg_error_result(pg, result, NULL, err);
    if (!has_rows(result))
        return err_set(err, ERR_DATABASE, NULL, "rows were expected of \"%.60s\"", sql);
    if (!*cells)
        *cells = mem_alloc((size_t)PQnfields(result) * sizeof **cells);
    return each_row(result, *cells, each, ctx, err);
}

static bool each_of(Pg *pg, const char *sql, int n, const char *const *params, PgRowFn *each, void *ctx, Err *err)
{
    if (!pg_ready(pg, err))
        return false;
    if (!PQsendQueryParams(pg->conn, sql, n, NULL, params, NULL, NULL, 0))
        return pg_error_lost(pg, err);
    if (!single_rows(pg->conn)) {
        pg_cancel_and_drain(pg);
        return err_set(err, ERR_DATABASE, NULL, "rows cannot be read one by one");
    }
    const char **cells = NULL;
    PGresult *result;
    bool ok = pg_flush(pg, err), whole = false;
    while (ok && pg_next(pg, &result, err)) {
        if (!result) {
            free(cells);
            return whole || err_set(err, ERR_LOST, NULL, "%s: the result was cut off", pg->description);
        }
        Err rest = {0};
        bool failed = pg_is_error(result);
        whole = PQresultStatus(result) == PGRES_TUPLES_OK;
        ok = take_result(pg, sql, result, &cells, each, ctx, err);
        PQclear(result);
        if (failed && !pg->lost) /* nothing is left to cancel: the server is done */
            pg_finish(pg, NULL, NULL, &rest);
        else if (!ok)
            pg_cancel_and_drain(pg);
        err_clear(&rest);
    }
    free(cells);
    return false;
}

bool pg_each(Pg *pg, const char *sql, int n, const char *const *params, PgRowFn *each, void *ctx, Err *err)
{
    bool own;
    return begin_own(pg, &own, err) && end_own(pg, own, each_of(pg, sql, n, params, each, ctx, err), err);
}

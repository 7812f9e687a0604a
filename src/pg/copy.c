/* COPY in both directions. Never more than a chunk is in memory, and the server's count is checked. */
#include <stdlib.h>

#include "artsync/interrupt.h"
#include "private.h"

/* Send the COPY and wait for the server to be ready for it. */
static bool start(Pg *pg, const char *sql, ExecStatusType wanted, Err *err)
{
    PGresult *result;
    if (!pg->lost && PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
        return err_set(err, ERR_DATABASE, NULL, "COPY needs an open transaction");
    if (!pg_send(pg, sql, 0, NULL, err) || !pg_next(pg, &result, err))
        return false;
    if (!result)
        return pg_error_lost(pg, err);
    ExecStatusType status = PQresultStatus(result);
    if (status == wanted) {
        PQclear(result);
        return true;
    }
    if (status == PGRES_FATAL_ERROR) {
        pg_error_result(pg, result, NULL, err);
        PQclear(result);
        if (!pg->lost)
            pg_finish(pg, NULL, NULL, err);
        return false;
    }
    PQclear(result);
    pg_cancel_and_drain(pg);
    return err_set(err, ERR_DATABASE, NULL, "\"%.60s\" is not the COPY that was expected", sql);
}

bool pg_copy_in(Pg *pg, const char *sql, Err *err)
{
    buf_clear(&pg->copy);
    return start(pg, sql, PGRES_COPY_IN, err);
}

/* What PQputCopyData or PQputCopyEnd said of something that was to go into an empty buffer. 0 is then no full buffer
 * that flushing would empty: libpq could not get memory for it. */
static bool queued(Pg *pg, int status, Err *err)
{
    if (status > 0)
        return true;
    if (status < 0)
        return pg_error_lost(pg, err);
    err_set(err, ERR_DATABASE, "give the machine more memory; nothing was changed",
            "out of memory: libpq cannot hold the next part of COPY");
    pg_cancel_and_drain(pg);
    return false;
}

/* One CopyData message of a chunk's size: the boundaries mean nothing to the server. The buffer is emptied wholly each
 * time, or libpq's own would grow without bound. */
static bool send_chunk(Pg *pg, const char *bytes, size_t n, Err *err)
{
    if (!interrupt_check(err)) {
        pg_cancel_and_drain(pg);
        return false;
    }
    while (n) {
        size_t part = n < (size_t)COPY_CHUNK * 16 ? n : (size_t)COPY_CHUNK * 16;
        if (!queued(pg, PQputCopyData(pg->conn, bytes, (int)part), err) || !pg_flush(pg, err))
            return false;
        bytes += part;
        n -= part;
    }
    return true;
}

bool pg_copy_put(Pg *pg, const char *bytes, size_t n, Err *err)
{
    if (pg->lost || PQtransactionStatus(pg->conn) != PQTRANS_ACTIVE)
        return err_set(err, pg->lost ? ERR_LOST : ERR_DATABASE, NULL, "no COPY is under way");
    if (pg->copy.len + n < COPY_CHUNK) {
        buf_add(&pg->copy, bytes, n);
        return true;
    }
    bool ok = send_chunk(pg, pg->copy.data, pg->copy.len, err);
    buf_clear(&pg->copy);
    if (ok && n >= COPY_CHUNK)
        return send_chunk(pg, bytes, n, err);
    if (ok)
        buf_add(&pg->copy, bytes, n);
    return ok;
}

bool pg_copy_done(Pg *pg, int64_t rows, Err *err)
{
    if (pg->lost || PQtransactionStatus(pg->conn) != PQTRANS_ACTIVE)
        return err_set(err, pg->lost ? ERR_LOST : ERR_DATABASE, NULL, "no COPY is under way");
    bool sent = send_chunk(pg, pg->copy.data, pg->copy.len, err);
    buf_clear(&pg->copy);
    if (!sent)
        return false;
    PGresult *result;
    if (!queued(pg, PQputCopyEnd(pg->conn, NULL), err))
        return false;
    if (!pg_flush(pg, err) || !pg_finish(pg, NULL, &result, err))
        return false;
    int64_t counted = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    if (counted == rows)
        return true;
    return err_set(err, ERR_DATABASE, NULL, "COPY: %lld rows were sent, the server counted %lld", (long long)rows,
                   (long long)counted);
}

bool pg_copy_out(Pg *pg, const char *sql, PgCopyFn *each, void *ctx, Err *err)
{
    if (!start(pg, sql, PGRES_COPY_OUT, err))
        return false;
    for (;;) {
        char *bytes;
        int n = PQgetCopyData(pg->conn, &bytes, 1);
        if (n == -1)
            return pg_finish(pg, NULL, NULL, err);
        if (n == -2)
            return pg_error_lost(pg, err);
        if (n == 0) {
            if (!pg_wait(pg, false, err))
                return false;
            continue;
        }
        pg->waiting_since = 0;
        bool ok = each(ctx, bytes, (size_t)n, err);
        PQfreemem(bytes);
        if (!ok) {
            pg_cancel_and_drain(pg);
            return false;
        }
    }
}

/* ---- text format ---- */

static const char escapes[256] = {
    ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['\v'] = 'v', ['\\'] = '\\'};

void pg_copy_text(Buf *out, const char *text)
{
    if (!text) {
        buf_add(out, "\\N", 2);
        return;
    }
    for (;;) {
        const char *end = text;
        while (*end && !escapes[(unsigned char)*end])
            end++;
        buf_add(out, text, (size_t)(end - text));
        if (!*end)
            return;
        buf_char(out, '\\');
        buf_char(out, escapes[(unsigned char)*end]);
        text = end + 1;
    }
}

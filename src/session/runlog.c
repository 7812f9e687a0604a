/* runlog.c - public.sync_logs: `running` by a second connection, `completed` by the transaction itself. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "artsync/embed.h"
#include "artsync/interrupt.h"
#include "internal.h"

const char *runlog_who(Arena *arena)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    const char *user = getenv("USER");
    if (!user || !*user)
        user = getenv("LOGNAME");
    if (!user || !*user)
        return arena_printf(arena, "uid %ld@%s, process %ld", (long)getuid(), host, (long)getpid());
    return arena_printf(arena, "%s@%s, process %ld", user, host, (long)getpid());
}

static bool add_row(Pg *log, const char *base, const char *run_id, const char *xid, const RunlogRow *row, Err *err)
{
    Arena arena = {0};
    const char *params[] = {run_id,    row->type,   row->table,              base, runlog_who(&arena),
                            row->file, row->sha256, row->replay ? "t" : "f", xid, run_origin()};
    char *id = NULL;
    bool ok = pg_value(log, sql_query("log_start"), 10, params, &id, err);
    if (ok)
        *row->id = strtoll(id, NULL, 10);
    free(id);
    arena_free(&arena);
    return ok;
}

bool runlog_begin(const Session *session, const char *run_id, const RunlogRow *rows, int n, Err *err)
{
    Pg *log = session->log;
    const char *base = session->base->name, *xid = pg_xid(session->data, err);
    bool ok = xid && pg_begin(log, PG_TX_NOTE, err) && pg_run(log, sql_query("log_orphans"), 1, &base, NULL, err);
    for (int i = 0; ok && i < n; i++)
        ok = add_row(log, base, run_id, xid, &rows[i], err);
    ok = ok && pg_commit_note(log, err);
    if (!ok)
        pg_rollback(log);
    return ok;
}

static bool mark_failed(Pg *log, const char *run_id, const char *message)
{
    Err ignored = {0};
    const char *params[] = {run_id, message};
    bool ok = pg_begin(log, PG_TX_LAST, &ignored) && pg_run(log, sql_query("log_fail"), 2, params, NULL, &ignored) &&
              pg_commit_note(log, &ignored);
    bool lost = ignored.code == ERR_LOST;
    err_clear(&ignored);
    pg_rollback(log);
    return ok || !lost;
}

/* The run failed already; the next one marks what stays running. A long run's idle second connection may have been
 * closed by the server or a pooler meanwhile: then another one is made. */
void runlog_fail(Pg *log, const char *run_id, const Err *why)
{
    Err ignored = {0};
    if (!mark_failed(log, run_id, why->message) && !interrupt_at() && pg_reconnect(log, &ignored))
        mark_failed(log, run_id, why->message);
    err_clear(&ignored);
}

bool runlog_holder(Pg *pg, const char *base, Buf *out, Err *err)
{
    PgRows *rows = NULL;
    const char *params[] = {base};
    if (!pg_query(pg, sql_query("log_running"), 1, params, &rows, err))
        return false;
    if (pg_count(rows) > 0) {
        buf_clear(out);
        buf_printf(out, "%s %s, since %s, by %s", pg_get(rows, 0, 1), pg_get(rows, 0, 0), pg_get(rows, 0, 2),
                   pg_get(rows, 0, 3) ? pg_get(rows, 0, 3) : "an unknown user");
    }
    pg_rows_free(rows);
    return true;
}

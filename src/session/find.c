/* find.c - the sync that a user names. */
#include <stdio.h>
#include <string.h>

#include "artsync/embed.h"
#include "artsync/shell.h"
#include "artsync/utf8.h"
#include "internal.h"

static bool no_such_sync(Pg *pg, const char *base, const char *text, Err *err)
{
    PgRows *rows = NULL;
    if (!pg_query(pg, sql_query("sync_nearest"), 2, (const char *[]){base, text}, &rows, err))
        return false;
    Buf hint = {0};
    if (pg_count(rows) == 1)
        buf_printf(&hint, "did you mean %s? ", pg_get(rows, 0, 0));
    buf_str(&hint, command_hint("to list the syncs: {}", "history"));
    err_set(err, ERR_USAGE, hint.data, "no sync of the base %s has the id %s", base, text);
    buf_free(&hint);
    pg_rows_free(rows);
    return false;
}

/* Why `last` names no sync: none was run, or how those that were have ended. */
static bool no_last(Pg *pg, const char *base, bool for_rollback, Err *err)
{
    static const char *const ends[] = {"failed", "rolled back", "running", "without changes"};
    PgRows *rows = NULL;
    Buf parts = {0};
    if (!pg_row(pg, sql_query("sync_outcomes"), 1, (const char *[]){base}, &rows, err))
        return false;
    for (int i = 0; i < 4; i++)
        if (pg_int(rows, 0, i) > 0)
            buf_printf(&parts, "%s%lld %s", parts.len ? ", " : "", (long long)pg_int(rows, 0, i), ends[i]);
    pg_rows_free(rows);
    if (parts.len == 0)
        err_set(err, ERR_USAGE, NULL, "there is no sync of the base %s yet", base);
    else
        err_set(err, ERR_USAGE, command_hint("to list the syncs: {}", "history"), "no sync of the base %s %s: %s", base,
                for_rollback ? "can be undone" : "has completed", parts.data);
    buf_free(&parts);
    return false;
}

bool sync_find(Pg *pg, const char *base, const char *text, bool for_rollback, char sync_id[51], Err *err)
{
    enum { ROLLBACK_PREFIX = 4 };
    PgRows *rows = NULL;
    bool last = strcmp(text, "last") == 0;
    if (!*text)
        return err_set(err, ERR_USAGE, command_hint("to list the syncs: {}", "history"), "the sync id is empty");
    if (!utf8_valid(str_of(text), NULL))
        return err_set(err, ERR_USAGE, command_hint("to list the syncs: {}", "history"), "the sync id is not UTF-8");
    if (for_rollback && strlen(text) < ROLLBACK_PREFIX)
        return err_set(err, ERR_USAGE, command_hint("to list the syncs: {}", "history"),
                       "%s is too short for a rollback: give at least %d characters of the sync id", text,
                       ROLLBACK_PREFIX);
    const char *query = !last ? "sync_by_prefix" : for_rollback ? "sync_last_undoable" : "sync_last";
    const char *params[] = {base, text};
    if (!pg_query(pg, sql_query(query), last ? 1 : 2, params, &rows, err))
        return false;
    int n = pg_count(rows);
    if (n == 1)
        snprintf(sync_id, 51, "%s", pg_get(rows, 0, 0));
    pg_rows_free(rows);
    if (n == 1)
        return true;
    if (n > 1)
        return err_set(err, ERR_USAGE, command_hint("give more of its characters; to list the syncs: {}", "history"),
                       "several syncs begin with %s", text);
    if (last)
        return no_last(pg, base, for_rollback, err);
    return no_such_sync(pg, base, text, err);
}

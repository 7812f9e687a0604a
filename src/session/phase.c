/* phase.c - the phase of the move, stored with the data. */
#include "artsync/embed.h"
#include "artsync/shell.h"
#include "internal.h"

bool phase_read(Pg *pg, const char *base, Phase *phase, Err *err)
{
    PgRows *rows = NULL;
    const char *params[] = {base};
    *phase = PHASE_PARALLEL;
    if (!pg_query(pg, sql_query("phase"), 1, params, &rows, err))
        return false;
    bool ok = pg_count(rows) == 0 || phase_parse(pg_get(rows, 0, 0), phase);
    if (!ok)
        err_set(err, ERR_SCHEMA, command_hint("set it again: {}", "phase parallel"),
                "artsync.settings holds the unknown phase \"%s\"", pg_get(rows, 0, 0));
    pg_rows_free(rows);
    return ok;
}

bool phase_lock(Pg *pg, const char *base, Err *err) { return base_lock(pg, base, err); }

bool phase_write(Pg *pg, const char *base, const char *from, Phase to, bool forced, Err *err)
{
    Arena arena = {0};
    const char *params[] = {base, from, phase_name(to), forced ? "t" : "f", runlog_who(&arena)};
    bool ok = pg_run(pg, sql_query("phase_set"), 5, params, NULL, err);
    arena_free(&arena);
    return ok;
}

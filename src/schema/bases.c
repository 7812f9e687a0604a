/* bases.c - which bases one database serves, so that no tables are made in another base's database by accident. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "artsync/shell.h"
#include "private.h"

bool bases_note_folder(Pg *pg, const Base *base, Err *err)
{
    static const char file[] = "/base.json";
    char folder[PATH_MAX];
    size_t n = strlen(base->origin);
    if (n <= sizeof file - 1 || strcmp(base->origin + n - (sizeof file - 1), file) != 0)
        return true; /* built in: its name says it */
    char *given = mem_dup(base->origin);
    given[n - (sizeof file - 1)] = '\0';
    bool known = realpath(given, folder) != NULL;
    free(given);
    const char *params[] = {base->name, folder, "db migrate"};
    return !known || pg_run(pg, sql_query("base_folder"), 3, params, NULL, err);
}

/* A line for each base of `rows`, and whether `name` is among them. */
static bool list_commands(const PgRows *rows, const char *name, const BaseCommands *commands, Buf *hint, Buf *names)
{
    Arena arena = {0};
    bool here = false;
    buf_printf(hint, "name the base; for %s:\n%s", name, command_line_words(&arena, name, commands->here));
    for (int r = 0; r < pg_count(rows); r++) {
        const char *other = pg_get(rows, r, 0), *folder = pg_get(rows, r, 1);
        here = here || strcmp(other, name) == 0;
        buf_printf(names, "%s%s", r ? ", " : "", other);
        buf_printf(hint, "\nfor %s:\n%s", other, command_line_words(&arena, folder ? folder : other, commands->others));
    }
    arena_free(&arena);
    return here;
}

static bool read_bases(Pg *pg, const Base *base, PgRows **rows, Err *err)
{
    char *made = NULL;
    bool ok = pg_trust(pg, base, NULL, 0, NULL, err) &&
              pg_value(pg, sql_query("migrations_exist"), 0, NULL, &made, err) &&
              (made[0] != 't' || pg_query(pg, sql_query("bases_there"), 0, NULL, rows, err));
    free(made);
    return ok;
}

bool schema_default_base(Pg *pg, const Base *base, const BaseCommands *commands, Err *err)
{
    PgRows *rows = NULL;
    Buf hint = {0}, names = {0};
    bool ok = pg_begin(pg, PG_TX_READ, err) && read_bases(pg, base, &rows, err);
    pg_rollback(pg);
    if (ok && rows && pg_count(rows) > 0 && !list_commands(rows, base->name, commands, &hint, &names))
        ok = err_set(err, ERR_USAGE, hint.data,
                     "no base was named, and %s holds the tables of another one (%s), not of the default, %s",
                     pg_describe(pg), names.data, base->name);
    pg_rows_free(rows);
    buf_free(&hint);
    buf_free(&names);
    return ok;
}

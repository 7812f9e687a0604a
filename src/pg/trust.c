/* trust.c - whose objects artsync runs with its own rights: those that it would have made itself, and no others.
 *
 * A trigger on artsync.migrations, a view in its place, a column default: the owner of schema artsync, or of
 * something in it, can run code as anyone who reads and writes there.
 */
#include <stdlib.h>

#include "artsync/embed.h"
#include "private.h"

static bool distrust(const Pg *pg, const PgRows *rows, Err *err)
{
    const char *kind = pg_get(rows, 0, 0), *name = pg_get(rows, 0, 1), *owner = pg_get(rows, 0, 2);
    const char *me = pg_get(rows, 0, 5);
    Arena arena = {0};
    Buf role = {0}, own = {0};
    sql_ident(&role, owner);
    sql_ident(&own, me);
    if (pg_bool(rows, 0, 4))
        err_set(
            err, ERR_SCHEMA,
            arena_printf(&arena,
                         "drop it, or rename it; or connect as %s; or, if you trust that role, let a superuser "
                         "run: GRANT %s TO %s",
                         owner, role.data, own.data),
            "%s: the %s %s of the role %s has the name of one of PostgreSQL's own, and the base's SQL files could call "
            "it instead",
            pg_describe(pg), kind, name, owner);
    else
        err_set(err, ERR_SCHEMA,
                arena_printf(&arena,
                             "drop it if it is not yours to keep; or connect as %s; or, if you trust that role, let "
                             "a superuser run: GRANT %s TO %s",
                             owner, role.data, own.data),
                "%s: the %s %s belongs to the role %s, which could run its own code with the rights of %s",
                pg_describe(pg), kind, name, owner, me);
    buf_free(&role);
    buf_free(&own);
    arena_free(&arena);
    return false;
}

bool pg_trust(Pg *pg, const Base *base, const char *const *schemas, int n_schemas, bool *there, Err *err)
{
    const char **names = mem_alloc((size_t)(base->n_tables + 1) * sizeof *names);
    Buf of_tables = {0}, tables = {0}, spaces = {0};
    PgRows *rows = NULL;
    for (int i = 0; i < base->n_tables; i++)
        names[i] = base->tables[i].name;
    sql_schemas(&of_tables, base);
    sql_array(&tables, names, base->n_tables);
    sql_array(&spaces, schemas, n_schemas);
    bool ok =
        pg_query(pg, sql_query("untrusted"), 3, (const char *[]){of_tables.data, tables.data, spaces.data}, &rows,
                 err) ||
        err_context(err, "checking who owns schema artsync");
    if (ok && pg_count(rows) && !pg_bool(rows, 0, 3))
        ok = distrust(pg, rows, err);
    if (there)
        *there = ok && pg_count(rows) > 0;
    pg_rows_free(rows);
    buf_free(&of_tables);
    buf_free(&tables);
    buf_free(&spaces);
    free(names);
    return ok;
}

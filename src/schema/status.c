/* Asking: what is applied, and is it enough to work with? */
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "artsync/shell.h"
#include "private.h"

static const char *how(void) { return command_hint("run: {}", "db migrate"); }

bool schema_status(Pg *pg, const Base *base, const char *base_name, Migrations *out, Err *err)
{
    Steps steps = {0};
    *out = (Migrations){0};
    if (!steps_read(&steps, pg, base, base_name, err)) {
        steps_free(&steps);
        return false;
    }
    out->arena = steps.arena; /* the strings move along */
    out->items = mem_alloc((size_t)(steps.n + 1) * sizeof *out->items);
    for (int pass = 0; pass < 2; pass++) { /* artsync's, then the base's; gone ones after those that are there */
        for (int i = 0; i < steps.n; i++) {
            if (steps.items[i].own == (pass == 0))
                out->items[out->n++] = steps.items[i].migration;
        }
    }
    free(steps.items);
    return true;
}

void migrations_free(Migrations *migrations)
{
    free(migrations->items);
    arena_free(&migrations->arena);
    *migrations = (Migrations){0};
}

/* Without a state table there was no migration since the mapping named the table, or there is no such table. */
static bool missing_state(Pg *pg, const PgRows *rows, const Base *base, Err *err)
{
    for (int row = 0; row < pg_count(rows); row++) {
        if (!pg_get(rows, row, 0))
            return schema_tables_require(pg, base, err) &&
                    err_set(err, ERR_SCHEMA, how(),
                           "the mapping of base %s is newer than the database: artsync.%s is missing", base->name,
                           pg_get(rows, row, 1));
    }
    return true;
}

static bool all_applied(const Steps *steps, Err *err)
{
    if (!steps_check(steps, err))
        return false;
    for (int i = 0; i < steps->n; i++) {
        if (steps->items[i].migration.state != MIGRATION_APPLIED)
            return err_set(err, ERR_SCHEMA, how(), "the database lacks migration %s of %s",
                           steps->items[i].migration.file, steps->items[i].migration.source);
    }
    return true;
}

static bool lacks_schema(const Pg *pg, Err *err)
{
    return err_set(err, ERR_SCHEMA, how(), "%s has no artsync schema yet", pg_describe(pg));
}

bool schema_require(Pg *pg, const Base *base, const char *base_name, Err *err)
{
    bool there;
    if (!pg_trust(pg, base, NULL, 0, &there, err))
        return false;
    if (!there)
        return lacks_schema(pg, err);
    const char **states = mem_alloc((size_t)(base->n_tables + 1) * sizeof *states);
    for (int i = 0; i < base->n_tables; i++)
        states[i] = base->tables[i].state;
    Buf list = {0};
    sql_array(&list, states, base->n_tables);
    free(states);
    PgRows *rows = NULL;
    Err why = {0};
    bool ok = pg_query(pg, sql_query("migrations_require"), 2, (const char *[]){base->name, list.data}, &rows, &why);
    buf_free(&list);
    if (!ok) {
        if (why.code == ERR_SCHEMA) {
            err_clear(&why);
            return lacks_schema(pg, err);
        }
        *err = why;
        return err_context(err, "reading the state of the schema");
    }
    Steps steps = {0};
    ok = steps_files(&steps, base, base_name, err);
    if (ok) {
        steps_compare(&steps, rows);
        ok = all_applied(&steps, err) && missing_state(pg, rows, base, err);
    }
    steps_free(&steps);
    pg_rows_free(rows);
    return ok;
}

/* Sync metadata: what every mapped table gets besides its own columns. The statement that finds what is lacking also
 * writes the DDL, so a second run finds nothing and does nothing. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/log.h"
#include "private.h"

/* The table's entry in the p-th array parameter of metadata_lacking.sql. */
static const char *entry(const Table *table, int p)
{
    return p == 0 ? table->name : p == 1 ? table->state : table->metadata[p - 2];
}

static bool lacking(Pg *pg, const Base *base, PgRows **rows, Err *err)
{
    enum { ARRAYS = 2 + META_COUNT };
    const char **items = mem_alloc((size_t)(base->n_tables + 1) * sizeof *items);
    Buf schemas = {0};
    sql_schemas(&schemas, base);
    const char *params[1 + ARRAYS] = {schemas.data};
    Buf arrays[ARRAYS] = {{0}};
    for (int p = 0; p < ARRAYS; p++) {
        for (int i = 0; i < base->n_tables; i++)
            items[i] = entry(&base->tables[i], p);
        sql_array(&arrays[p], items, base->n_tables);
        params[1 + p] = arrays[p].data;
    }
    bool ok = pg_query(pg, sql_query("metadata_lacking"), 1 + ARRAYS, params, rows, err);
    for (int p = 0; p < ARRAYS; p++)
        buf_free(&arrays[p]);
    buf_free(&schemas);
    free(items);
    return ok;
}

bool schema_tables_require(Pg *pg, const Base *base, Err *err)
{
    CatalogTable **catalogs;
    Problems problems = {0};
    Arena arena = {0};
    bool ok = pg_catalog(pg, base, &arena, &catalogs, err);
    if (ok &&
        !base_tables_exist(base, catalogs,
                           "make it, in a new numbered SQL file beside base.json for example, or correct its name in "
                           "base.json",
                           &problems))
        ok = problems_raise(&problems, ERR_SCHEMA, err);
    problems_free(&problems);
    arena_free(&arena);
    return ok;
}

/* Columns of metadata_lacking.sql. */
enum { LACKING_PROBLEM = 2, LACKING_STATEMENT, LACKING_NOTE };

bool metadata_apply(Pg *pg, const Base *base, Applying *how, Err *err)
{
    PgRows *rows;
    if (!lacking(pg, base, &rows, err))
        return err_context(err, "reading the tables' sync metadata");
    bool ok = true;
    for (int row = 0; row < pg_count(rows) && ok; row++) {
        const char *problem = pg_get(rows, row, LACKING_PROBLEM), *statement = pg_get(rows, row, LACKING_STATEMENT);
        const char *note = pg_get(rows, row, LACKING_NOTE);
        if (problem)
            ok = err_set(err, ERR_SCHEMA, statement, "%s", problem);
        else if (statement)
            ok = pg_script(pg, statement, err) || err_context(err, "adding sync metadata");
        else if (how->say)
            log_note("%s", note);
        how->changes += !note;
    }
    pg_rows_free(rows);
    return ok;
}

/* Sync metadata: what every mapped table gets besides its own columns. The statement that finds what is lacking also
 * writes the DDL, so a second run finds nothing and does nothing. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "private.h"

static bool lacking(Pg *pg, const Base *base, PgRows **rows, Err *err)
{
    const char **names = mem_alloc((size_t)(base->n_tables + 1) * sizeof *names);
    Buf tables = {0}, states = {0};
    for (int i = 0; i < base->n_tables; i++)
        names[i] = base->tables[i].name;
    sql_array(&tables, names, base->n_tables);
    for (int i = 0; i < base->n_tables; i++)
        names[i] = base->tables[i].state;
    sql_array(&states, names, base->n_tables);
    bool ok = pg_query(pg, sql_query("metadata_lacking"), 3, (const char *[]){base->schema, tables.data, states.data},
                       rows, err);
    buf_free(&tables);
    buf_free(&states);
    free(names);
    return ok;
}

bool metadata_apply(Pg *pg, const Base *base, int *changes, Err *err)
{
    PgRows *rows;
    if (!lacking(pg, base, &rows, err))
        return err_context(err, "looking at the tables' sync metadata");
    bool ok = true;
    for (int row = 0; row < pg_count(rows) && ok; row++) {
        const char *problem = pg_get(rows, row, 2), *statement = pg_get(rows, row, 3);
        if (problem)
            ok = err_set(err, ERR_SCHEMA, statement, "%s", problem);
        else
            ok = pg_script(pg, statement, err) || err_context(err, "adding sync metadata");
        ++*changes;
    }
    pg_rows_free(rows);
    return ok;
}

/* linked.c - the rows that links can point at. */
#include <stdlib.h>

#include "engine.h"

static bool add_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    link_index_add(ctx, cells[0], cells[1], cells[2], !id_is_airtable(cells[0]));
    return true;
}

/* Load the index of every table that `table` links to; one that was loaded before is loaded anew only if its own turn
 * came since (table_run_execute drops it then). */
bool linked_load(Run *run, const Table *table, Err *err)
{
    bool ok = true;
    for (int c = 0; ok && c < table->n_columns; c++) {
        const Table *to = table->columns[c].to;
        if (!to || run->links[to->index])
            continue;
        Buf sql = {0};
        plan_links(&sql, to);
        run->links[to->index] = link_index_new();
        ok = pg_each(run->pg, sql.data, 0, NULL, add_row, run->links[to->index], err);
        buf_free(&sql);
    }
    return ok;
}

bool linked_fingerprint(Pg *pg, const Table *table, char **hash, Err *err)
{
    Buf all = {0};
    bool ok = true;
    buf_reserve(&all, 64);
    for (int c = 0; ok && c < table->n_columns; c++) {
        const Table *to = table->columns[c].to;
        if (!to)
            continue;
        Buf sql = {0};
        char *part = NULL;
        buf_str(&sql, "SELECT count(*) || '.' || coalesce(sum(hashtextextended(concat_ws(E'\\x1f', l.a, l.b, l.c), 0)), 0) "
                      "FROM (");
        plan_links(&sql, to);
        buf_str(&sql, ") AS l (a, b, c)");
        ok = pg_value(pg, sql.data, 0, NULL, &part, err);
        if (ok)
            buf_printf(&all, "%s%s", all.len ? "," : "", part);
        free(part);
        buf_free(&sql);
    }
    *hash = all.data;
    return ok;
}

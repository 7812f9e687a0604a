/* linked.c - the rows that links can point at. */
#include <stdlib.h>

#include "artsync/natural.h"
#include "artsync/writer.h"
#include "plan_identity.h"

static bool add_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    link_index_add(ctx, cells[0], cells[1], cells[2], !id_is_airtable(cells[0]));
    return true;
}

/* One that was loaded before is loaded anew only if its own table was written since: whoever writes it drops the index. */
bool links_load(LinkIndex **links, Pg *pg, const Table *table, Err *err)
{
    bool ok = true;
    for (int c = 0; ok && c < table->n_columns; c++) {
        const Table *to = table->columns[c].to;
        if (!to || links[to->index])
            continue;
        Buf sql = {0};
        plan_links(&sql, to);
        links[to->index] = link_index_new();
        ok = pg_each(pg, sql.data, 0, NULL, add_row, links[to->index], err);
        buf_free(&sql);
    }
    return ok;
}

bool links_fingerprint(Pg *pg, const Table *table, char **hash, Err *err)
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
        plan_links_fingerprint(&sql, to);
        ok = pg_value(pg, sql.data, 0, NULL, &part, err);
        if (ok)
            buf_printf(&all, "%s%s", all.len ? "," : "", part);
        free(part);
        buf_free(&sql);
    }
    *hash = all.data;
    return ok;
}

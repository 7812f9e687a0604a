/* Sequences that number a column: are they behind the rows, and what brings them up to them. */
#include <stdlib.h>

#include "private.h"

void sql_setval(Buf *out, const CatalogTable *table, const CatalogColumn *column)
{
    buf_str(out, "SELECT setval(");
    sql_literal(out, column->sequence);
    buf_str(out, ", (SELECT max(");
    sql_ident(out, column->name);
    buf_str(out, ") FROM ");
    sql_name(out, table->schema, table->name);
    buf_str(out, "));");
}

bool pg_sequence_behind(Pg *pg, const CatalogTable *table, const CatalogColumn *column, bool *behind, Err *err)
{
    Buf sql = {0};
    char *answer = NULL;
    Err why = {0};
    buf_str(&sql, "SELECT coalesce((SELECT pg_catalog.max(");
    sql_ident(&sql, column->name);
    buf_str(&sql, ") FROM ");
    sql_name(&sql, table->schema, table->name);
    buf_printf(&sql, ") > CASE WHEN s.is_called THEN s.last_value ELSE s.last_value - 1 END, false) FROM %s AS s",
               column->sequence);
    bool ok = pg_savepoint(pg, "artsync_sequence", err);
    if (ok && pg_value(pg, sql.data, 0, NULL, &answer, &why)) {
        *behind = answer && answer[0] == 't';
        ok = pg_release(pg, "artsync_sequence", err);
    } else if (ok && why.code == ERR_PRIVILEGE) {
        *behind = false;
        ok = pg_rollback_to(pg, "artsync_sequence", err);
    } else if (ok) {
        *err = why;
        why = (Err){0};
        ok = false;
    }
    err_clear(&why);
    free(answer);
    buf_free(&sql);
    return ok;
}

/* plan_made.c - the statement that reads back what was written. */
#include "plan_made.h"

#include "artsync/pg.h"

void plan_made(Buf *out, const Table *table)
{
    buf_str(out, "SELECT s.seq, s.layout, s.cols, s.changes");
    for (int c = 0; c < table->n_columns; c++) {
        buf_printf(out, ", s.c%d, t.", c);
        sql_ident(out, table->columns[c].name);
    }
    sql_expand(out, table,
               " FROM pg_temp.artsync_stage AS s JOIN {table} AS t ON {t.id=s.rid} "
               "WHERE s.live AND s.op IN ('i', 'u') AND s.seq BETWEEN $1 AND $2 AND (false");
    for (int c = 0; c < table->n_columns; c++) {
        buf_printf(out, " OR s.c%d::text IS DISTINCT FROM t.", c);
        sql_ident(out, table->columns[c].name);
        buf_str(out, "::text");
    }
    buf_str(out, ") ORDER BY s.seq");
}

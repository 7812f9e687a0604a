/* plan_made.c - the statement that reads back what was written. */
#include "plan_made.h"

#include "artsync/pg.h"
#include "artsync/plan.h"

void plan_made(Buf *out, const Table *table)
{
    Buf sql = {0};
    buf_str(&sql, "SELECT s.seq, s.op, s.layout, s.cols, s.changes");
    for (int c = 0; c < table->n_columns; c++) {
        buf_printf(&sql, ", s.c%d, t.", c);
        sql_ident(&sql, table->columns[c].name);
    }
    buf_str(&sql, ", sum(coalesce(octet_length(s.changes), 0) + 2 * (");
    plan_bytes(&sql, table);
    sql_expand(&sql, table,
               ")) OVER (ORDER BY s.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) "
               "FROM pg_temp.artsync_stage AS s JOIN {table} AS t ON {t.id=s.rid} "
               "WHERE s.live AND s.op IN ('i', 'u', 'd') AND s.seq BETWEEN $1::bigint AND $2::bigint AND (false");
    for (int c = 0; c < table->n_columns; c++) {
        buf_printf(&sql, " OR s.c%d::text IS DISTINCT FROM t.", c);
        sql_ident(&sql, table->columns[c].name);
        buf_str(&sql, "::text");
    }
    buf_char(&sql, ')');
    plan_page(out, sql.data, MADE_COLUMNS + 2 * table->n_columns, 3);
    buf_free(&sql);
}

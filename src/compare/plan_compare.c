/* plan_compare.c - the statement of a comparison that depends on the mapping. */
#include "plan_compare.h"

#include "artsync/pg.h"

void plan_active_rows(Buf *out, const Table *table)
{
    sql_expand(out, table, "SELECT {id}::text, ");
    if (table->name_column >= 0)
        sql_ident(out, table->columns[table->name_column].name);
    else
        buf_str(out, "NULL");
    sql_expand(out, table, "::text FROM {table} AS t WHERE {active} ORDER BY 1");
}

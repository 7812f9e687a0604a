/* plan_skip.c - the statements that tell whether a source can be skipped. */
#include "plan_skip.h"

#include "artsync/pg.h"

void plan_ids_fingerprint(Buf *out, const Table *table)
{
    sql_expand(out, table, "SELECT count(*) || '.' || coalesce(sum(hashtext({id}::text)), 0) FROM {table}");
}

void plan_row_gone(Buf *out, const Table *table)
{
    sql_expand(out, table, "SELECT EXISTS (SELECT FROM {state} AS s "
                           "WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE t.{id}::text = s.record_id))");
}

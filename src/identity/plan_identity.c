/* plan_identity.c - statements that read what identifies rows. */
#include "plan_identity.h"

#include "artsync/pg.h"

void plan_index_state(Buf *out, const Table *table)
{
    sql_expand(out, table, "COPY (SELECT record_id, raw, deactivated FROM {state}) TO STDOUT (FORMAT binary)");
}

void plan_index_rows(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "COPY (SELECT {id}::text, {active}, hashtext({id}::text) FROM {table} AS t) TO STDOUT (FORMAT binary)");
}

void plan_natural_keys(Buf *out, const Table *table, bool only_generated)
{
    sql_expand(out, table, "SELECT {id}::text");
    for (int i = 0; i < table->n_natural_key; i++) {
        buf_str(out, ", ");
        sql_ident(out, table->columns[table->natural_key[i]].name);
    }
    sql_expand(out, table, " FROM {table}");
    if (only_generated)
        sql_expand(out, table, " WHERE {id}::text ~ '^(key|app)_[0-9a-f]{16}$'");
}

void plan_links_fingerprint(Buf *out, const Table *table)
{
    buf_str(
        out,
        "SELECT count(*) || '.' || coalesce(sum(hashtextextended(concat_ws(E'\\x1f', l.a, l.b, l.c), 0)), 0) FROM (");
    plan_links(out, table);
    buf_str(out, ") AS l (a, b, c)");
}

/* plan_skip.c - the statements that tell whether a source can be skipped. */
#include "plan_skip.h"

#include "artsync/pg.h"

void plan_ids_fingerprint(Buf *out, const Table *table)
{
    sql_expand(out, table, "SELECT count({id}) || '.' || coalesce(sum(hashtext({id}::text)), 0) FROM {table}");
}

static bool is_key_column(const CatalogTable *catalog, int column)
{
    for (int k = 0; k < catalog->n_keys; k++)
        for (int i = 0; !catalog->keys[k].primary && i < catalog->keys[k].n_columns; i++)
            if (catalog->keys[k].columns[i] == column)
                return true;
    return false;
}

void plan_keys_fingerprint(Buf *out, const Table *table)
{
    const CatalogTable *catalog = table->catalog;
    buf_str(out, "SELECT count(*) || '.' || coalesce(sum(hashtextextended(concat_ws(E'\\x1f', NULL");
    for (int c = 0; c < catalog->n_columns; c++) {
        if (!is_key_column(catalog, c))
            continue;
        buf_str(out, ", coalesce(t.");
        sql_ident(out, catalog->columns[c].name);
        buf_str(out, "::text, E'\\x1e')");
    }
    sql_expand(out, table, "), 0)), 0) FROM {table} AS t");
}

void plan_row_gone(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "SELECT EXISTS (SELECT FROM {state} AS s "
               "WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE {t.id}::text = s.record_id))");
}

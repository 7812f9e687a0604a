/* plan_undo.c - the statements of a rollback. */
#include "artsync/pg.h"
#include "plan_undo.h"

void plan_undo_rows(Buf *out, const Table *table)
{
    Buf sql = {0};
    sql_expand(&sql, table,
               "SELECT c.id, c.record_id, c.action, c.columns, c.at::{updated_type}::timestamptz, c.before_updated_at, "
               "c.before_synced_at, "
               "c.before_version, c.before_deactivated, c.after_deactivated, c.layout, c.before_cols, c.after_cols, "
               "{t.id} IS NOT NULL, {active}, {updated_at}, {version}, s.record_id IS NOT NULL, "
               "s.layout, s.cols, s.deactivated, CASE WHEN {updated_at} IS DISTINCT FROM "
               "c.at::{updated_type}::timestamptz THEN ("
               "SELECT json_object_agg(k.name, nl.sync_id ORDER BY n.id DESC) "
               "FROM artsync.changes AS n JOIN public.sync_logs AS nl ON nl.id = n.log_id "
               "CROSS JOIN LATERAL json_object_keys(n.columns) AS k (name) "
               "WHERE n.record_id = c.record_id AND n.id > c.id AND nl.table_name = cl.table_name "
               "AND nl.base = cl.base) END");
    plan_columns(&sql, table);
    buf_str(&sql, ", sum(octet_length(c.columns::text) + ");
    plan_bytes(&sql, table);
    sql_expand(
        &sql, table,
        ") OVER (ORDER BY c.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) "
        "FROM (SELECT * FROM artsync.changes WHERE log_id = $1::bigint AND id > $2::bigint AND id <= $3::bigint "
        "AND action <> 'deleted' ORDER BY id LIMIT $4::integer) AS c JOIN public.sync_logs AS cl ON cl.id = c.log_id "
        "LEFT JOIN {table} AS t ON {t.id=c.record_id} "
        "LEFT JOIN {state} AS s ON s.record_id = c.record_id");
    plan_page(out, sql.data, UNDO_COLUMNS + table->n_columns, 5);
    buf_free(&sql);
}

void plan_created(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "SELECT s.record_id, {updated_at} IS NOT NULL AND {updated_at} IS NOT DISTINCT FROM "
               "{synced_at}::{updated_type}::timestamptz "
               "AND coalesce({version}, 1) = 1");
    const CatalogTable *catalog = table->catalog;
    buf_str(out, ", concat_ws(', ', NULL");
    for (int f = 0; f < catalog->n_referenced_by; f++) {
        const CatalogForeignKey *key = &catalog->referenced_by[f];
        buf_str(out, ", CASE WHEN EXISTS (SELECT FROM ");
        sql_name(out, key->schema, key->table);
        buf_str(out, " AS o WHERE ");
        for (int i = 0; i < key->n_columns; i++) {
            buf_str(out, i ? " AND o." : "o.");
            sql_ident(out, key->other_columns[i]);
            buf_str(out, " = t.");
            sql_ident(out, key->columns[i]);
        }
        buf_str(out, ") THEN ");
        sql_literal(out, key->table);
        buf_str(out, " END");
    }
    sql_expand(out, table,
               ") FROM {state} AS s JOIN {table} AS t ON {t.id=s.record_id} "
               "WHERE s.created AND s.first_log = $1::bigint AND s.record_id > $2 "
               "ORDER BY s.record_id LIMIT $3::bigint");
}

void plan_lock_created(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "SELECT count(*) FROM (SELECT FROM {table} AS t WHERE {t.id}::text IN ("
               "SELECT s.record_id FROM {state} AS s WHERE s.created AND s.first_log = $1::bigint"
               ") FOR UPDATE) AS locked");
}

/* ", (name, value)": a column's value as its output function prints it ('t', where ::text says 'true'), or NULL. */
static void printed(Buf *out, const char *column)
{
    buf_str(out, ", (");
    sql_literal(out, column);
    buf_str(out, ", CASE WHEN t.");
    sql_ident(out, column);
    buf_str(out, " IS NOT NULL THEN format('%s', t.");
    sql_ident(out, column);
    buf_str(out, ") END)");
}

void plan_note_deleted(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "INSERT INTO artsync.changes (log_id, record_id, action, columns, created_log) "
               "SELECT $2::bigint, {t.id}::text, 'deleted', ("
               "SELECT json_object_agg(v.name, json_build_array(v.value, NULL)) FROM (VALUES (NULL::text, NULL::text)");
    if (table->metadata[META_ACTIVE])
        printed(out, table->metadata[META_ACTIVE]);
    for (int c = 0; c < table->n_columns; c++)
        printed(out, table->columns[c].name);
    sql_expand(out, table,
               ") AS v (name, value) WHERE v.name IS NOT NULL), $3::bigint FROM {table} AS t "
               "JOIN unnest($1::text[]) AS u (id) ON {t.id=u.id} ORDER BY 2");
}

void plan_delete(Buf *out, const Table *table, const char *ids)
{
    sql_expand(out, table, "DELETE FROM {table} AS t USING pg_catalog.unnest(");
    sql_literal(out, ids);
    sql_expand(out, table, "::pg_catalog.text[]) AS u (id) WHERE {t.id=u.id}");
}

void plan_forget(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "DELETE FROM {state} AS s WHERE s.first_log = $1::bigint "
               "AND (NOT s.created AND NOT s.deactivated AND NOT EXISTS ("
               "SELECT FROM artsync.changes AS c JOIN public.sync_logs AS l ON l.id = c.log_id "
               "JOIN public.sync_logs AS own ON own.id = $1::bigint AND own.base = l.base "
               "AND own.table_name = l.table_name "
               "WHERE c.record_id = s.record_id AND c.log_id > $1::bigint AND c.action <> 'deleted' "
               "AND l.status = 'completed' AND l.sync_type <> 'rollback') "
               "OR NOT EXISTS (SELECT FROM {table} AS t WHERE {t.id=s.record_id}))");
}

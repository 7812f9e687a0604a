#include "artsync/plan.h"

#include "artsync/pg.h"
#include "artsync/stage.h"
#include "plan_former.h"

/* A label that an enum lacks must be one record's problem, not the COPY's. */
const char *plan_staged_as(const PgType *type)
{
    return type->kind == PG_ENUM ? "text" : type->kind == PG_ENUM_ARRAY ? "text[]" : NULL;
}

void plan_staged_value(Buf *out, const char *alias, const Column *column)
{
    buf_printf(out, "%s.c%d", alias, column->index);
    if (plan_staged_as(&column->catalog->type))
        buf_printf(out, "::%s", column->catalog->type.name);
}

void plan_lock(Buf *out, const Table *table)
{
    sql_expand(out, table, "LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
}

void plan_columns(Buf *out, const Table *table)
{
    for (int c = 0; c < table->n_columns; c++) {
        buf_str(out, ", t.");
        sql_ident(out, table->columns[c].name);
    }
}

/* Can a value of the type be large? All others are counted by the rows' number. */
static bool may_be_large(const PgType *type)
{
    switch (type->kind) {
    case PG_TEXT:
    case PG_TEXT_ARRAY:
    case PG_ENUM_ARRAY:
    case PG_JSON:
    case PG_JSONB:
    case PG_OTHER:
        return true;
    case PG_NUMERIC:
        return type->precision == 0;
    default:
        return false;
    }
}

void plan_bytes(Buf *out, const Table *table)
{
    buf_char(out, '0');
    for (int c = 0; c < table->n_columns; c++)
        if (may_be_large(&table->columns[c].catalog->type)) {
            buf_str(out, " + coalesce(octet_length(t.");
            sql_ident(out, table->columns[c].name);
            buf_str(out, "::text), 0)");
        }
}

/* "name0, name1 ... " */
static void numbered(Buf *out, int n)
{
    for (int i = 0; i < n; i++)
        buf_printf(out, "%so%d", i ? ", " : "", i);
}

void plan_page(Buf *out, const char *select, int n, int bytes)
{
    buf_str(out, "SELECT ");
    numbered(out, n);
    buf_printf(out, " FROM (%s) AS r (", select);
    numbered(out, n + 1);
    buf_printf(out, ") WHERE coalesce(o%d, 0) < $%d::bigint ORDER BY o0", n, bytes);
}

void plan_rows(Buf *out, const Table *table)
{
    Buf sql = {0};
    sql_expand(&sql, table,
               "SELECT u.n, {t.id} IS NOT NULL, {active}, {updated_at}, {synced_at}, {version}, "
               "s.record_id IS NOT NULL, s.layout, s.cols, s.raw, s.deactivated");
    plan_columns(&sql, table);
    buf_str(&sql, ", sum(");
    plan_bytes(&sql, table);
    sql_expand(&sql, table,
               ") OVER (ORDER BY u.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) "
               "FROM unnest($1::text[]) WITH ORDINALITY AS u (id, n) "
               "LEFT JOIN {table} AS t ON {t.id=u.id} LEFT JOIN {state} AS s ON s.record_id = u.id");
    plan_page(out, sql.data, ROWS_COLUMNS + table->n_columns, 2);
    buf_free(&sql);
}

/* Of the stage's rows s those of a range that are to be written by `op`; without an operator that is looked up. */
static void staged_range(Buf *out, char op, int64_t first, int64_t last)
{
    buf_printf(out, " AND s.live AND s.op OPERATOR(pg_catalog.=) '%c' AND s.pos OPERATOR(pg_catalog.>=) %lld "
                    "AND s.pos OPERATOR(pg_catalog.<=) %lld", op, (long long)first, (long long)last);
}

void plan_update(Buf *out, const Plan *plan, int64_t first, int64_t last)
{
    const Table *table = plan->table;
    Buf set = {0}; /* each part begins with a comma */
    plan_set_metadata(&set, table, plan->undo ? METADATA_UNDO : METADATA_UPDATE);
    if (plan->reactivates)
        plan_set_metadata(&set, table, METADATA_REACTIVATE);
    for (int c = 0; c < table->n_columns; c++) {
        if (!plan->present[c])
            continue;
        buf_str(&set, ", ");
        sql_ident(&set, table->columns[c].name);
        buf_str(&set, " = ");
        plan_staged_value(&set, "s", &table->columns[c]);
    }
    if (plan->adopts)
        sql_expand(&set, table, ", {id} = s.rid");
    sql_expand(out, table, "UPDATE {table} AS t SET");
    buf_str(out, set.len ? set.data + 1 : "");
    buf_free(&set);
    if (plan->ordered) { /* OFFSET 0: sorted before it is joined */
        buf_str(out, " FROM (SELECT * FROM pg_temp.artsync_stage AS s WHERE true");
        staged_range(out, 'u', first, last);
        sql_expand(out, table, " ORDER BY s.pos OFFSET 0) AS s WHERE {t.id=s.at_id}");
        return;
    }
    sql_expand(out, table,
               " FROM pg_temp.artsync_stage AS s "
               "WHERE {t.id=s.at_id}");
    staged_range(out, 'u', first, last);
}

void plan_insert(Buf *out, const Plan *plan, int64_t first, int64_t last)
{
    const Table *table = plan->table;
    Buf names = {0}, values = {0}; /* each part begins with a comma */
    if (table->n_id_parts == 0) {  /* else its parts are mapped columns */
        sql_expand(&names, table, ", {id}");
        buf_str(&values, ", s.rid");
    }
    for (int c = 0; c < table->n_columns; c++)
        if (plan->present[c]) {
            buf_str(&names, ", ");
            sql_ident(&names, table->columns[c].name);
            buf_str(&values, ", ");
            plan_staged_value(&values, "s", &table->columns[c]);
        }
    plan_metadata_names(&names, table);
    plan_metadata_values(&values, table);
    sql_expand(out, table, "INSERT INTO {table} (");
    buf_printf(out, "%s) SELECT %s", names.data + 2, values.data + 2);
    buf_free(&names);
    buf_free(&values);
    buf_str(out, " FROM pg_temp.artsync_stage AS s WHERE true");
    staged_range(out, 'i', first, last);
    buf_str(out, " ORDER BY s.seq");
}

/* ---- history and state ---- */

void plan_changes(Buf *out)
{
    buf_str(out, "INSERT INTO artsync.changes (log_id, record_id, action, columns, before_updated_at, "
                 "before_synced_at, before_version, before_deactivated, after_deactivated, layout, before_cols, "
                 "after_cols) "
                 "SELECT $1::bigint, s.id, CASE WHEN s.op = 's' THEN 'state' "
                 "WHEN s.reactivates OR s.active THEN 'reactivated' "
                 "WHEN s.op = 'd' OR NOT s.active THEN 'deactivated' ELSE 'updated' END, "
                 "coalesce(s.changes, '{}')::json, s.before_updated_at, s.before_synced_at, s.before_version, "
                 "s.before_deactivated, s.after_deactivated, s.layout, s.before_cols, s.cols "
                 "FROM pg_temp.artsync_stage AS s "
                 "WHERE s.live AND (s.op IN ('u', 'd') OR s.op = 's' AND s.had_state AND s.state_moved) "
                 "ORDER BY s.seq");
}

void plan_rename_history(Buf *out, const Table *table)
{
    buf_str(out,
            "UPDATE artsync.changes AS c SET record_id = s.id FROM pg_temp.artsync_stage AS s, public.sync_logs AS l "
            "WHERE c.record_id = s.at_id::text AND l.id = c.log_id AND " PLAN_ADOPTED " AND l.base = ");
    sql_literal(out, table->base->name);
    buf_str(out, " AND l.table_name = ");
    sql_literal(out, table->name);
}

void plan_drop_stale(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "DELETE FROM {state} AS t USING pg_temp.artsync_stage AS s WHERE t.record_id = s.id AND " PLAN_ADOPTED);
}

void plan_state_update(Buf *out, const Table *table)
{
    sql_expand(out, table, "UPDATE {state} AS t SET record_id = s.id, raw = s.raw, cols = s.cols, layout = s.layout, "
                         "deactivated = s.after_deactivated, "
                         "first_log = CASE WHEN s.op = 'i' THEN $1::bigint ELSE t.first_log END, "
                         "created = CASE WHEN s.op = 'i' THEN true ELSE t.created END "
                         "FROM pg_temp.artsync_stage AS s "
                         "WHERE s.live AND s.op <> 'd' AND s.had_state AND t.record_id = s.at_id::text");
}

void plan_forget_raw(Buf *out, const Table *table) { sql_expand(out, table, "UPDATE {state} SET raw = NULL"); }

void plan_state_deactivate(Buf *out, const Table *table)
{
    sql_expand(out, table, "UPDATE {state} AS t SET deactivated = true");
    if (table->catalog->has_foreign_triggers)
        buf_str(out, ", cols = coalesce(s.cols, t.cols), layout = coalesce(s.layout, t.layout)");
    sql_expand(out, table, " FROM pg_temp.artsync_stage AS s "
                         "WHERE s.live AND s.op = 'd' AND t.record_id = s.id");
}

void plan_state_clear_deactivated(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "UPDATE {state} AS s SET deactivated = false FROM {table} AS t "
               "WHERE s.deactivated AND {active} AND {t.id=s.record_id}");
}

/* What the row and its state hold, beside which the row is read back once triggers have run. */
static void absent_values(Buf *out, const Table *table, bool names)
{
    if (!table->catalog->has_foreign_triggers)
        return;
    buf_str(out, names ? ", layout, cols, before_cols" : ", s.layout, s.cols, s.cols");
    for (int c = 0; c < table->n_columns; c++) {
        buf_str(out, names ? ", " : ", t.");
        if (names)
            buf_printf(out, "c%d", c);
        else
            sql_ident(out, table->columns[c].name);
    }
}

void plan_stage_absent(Buf *out, const Table *table)
{
    buf_str(
        out,
        "INSERT INTO pg_temp.artsync_stage (seq, pos, op, live, id, rid, at_id, had_state, state_moved, reactivates, "
        "before_deactivated, after_deactivated, before_updated_at, before_synced_at, before_version, changes");
    absent_values(out, table, true);
    sql_expand(out, table,
               ") SELECT $2::bigint + u.n, $2::bigint + u.n, 'd', true, u.id, {t.id}, {t.id}, true, false, false, "
               "s.deactivated, true, "
               "{updated_at}, {synced_at}, {version}, pg_catalog.json_build_object(");
    sql_literal(out, table->metadata[META_ACTIVE]);
    buf_str(out, "::pg_catalog.text, pg_catalog.json_build_array('t', 'f'))::pg_catalog.text");
    absent_values(out, table, false);
    sql_expand(out, table,
             " FROM unnest($1::text[]) WITH ORDINALITY AS u (id, n) JOIN {table} AS t ON {t.id=u.id} "
             "JOIN {state} AS s ON s.record_id = u.id");
}

void plan_deactivate(Buf *out, const Table *table, int64_t first, int64_t last)
{
    Buf set = {0};
    plan_set_metadata(&set, table, METADATA_DEACTIVATE);
    sql_expand(out, table, "UPDATE {table} AS t SET");
    buf_str(out, set.data + 1);
    buf_free(&set);
    sql_expand(out, table, " FROM pg_temp.artsync_stage AS s WHERE {t.id=s.at_id}");
    staged_range(out, 'd', first, last);
}

void plan_state_insert(Buf *out, const Table *table)
{
    sql_expand(
        out, table,
        "INSERT INTO {state} (record_id, raw, cols, layout, first_log, created, deactivated) "
        "SELECT s.id, s.raw, s.cols, s.layout, $1::bigint, s.op = 'i', s.after_deactivated "
        "FROM pg_temp.artsync_stage AS s WHERE s.live AND s.op <> 'd' AND NOT s.had_state ORDER BY s.id COLLATE \"C\"");
}

void plan_links(Buf *out, const Table *table)
{
    sql_expand(out, table, "SELECT {id}::text, ");
    sql_ident(out, table->name_column >= 0 ? table->columns[table->name_column].name : table->id_column);
    sql_expand(out, table, "::text, {key}::text FROM {table}");
}

void plan_column_names(Buf *out, const CatalogTable *table, const int *columns, int n)
{
    for (int i = 0; i < n; i++)
        buf_printf(out, "%s%s", i ? ", " : "", table->columns[columns[i]].name);
}

void plan_constraints(Buf *out, const char *names, const char *how)
{
    buf_printf(out, "SET CONSTRAINTS %s %s", names, how);
}

void plan_null(Buf *out, const Column *column)
{
    buf_printf(out, "SELECT seq FROM pg_temp.artsync_stage WHERE live AND op IN ('i', 'u') AND c%d IS NULL",
               column->index);
}

void plan_state_ids(Buf *out, const Table *table) { sql_expand(out, table, "SELECT record_id FROM {state}"); }

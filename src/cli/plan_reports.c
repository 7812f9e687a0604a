/* plan_reports.c - the statements of reports that depend on the mapping. */
#include "plan_reports.h"

/* "t"."name column"::text for SQL, or NULL::text where the table has no name column. */
static void name_column(Buf *out, const Table *table, const char *alias)
{
    if (table->name_column < 0) {
        buf_str(out, "NULL::text");
        return;
    }
    sql_name(out, alias, table->columns[table->name_column].name);
    buf_str(out, "::text");
}

void plan_row_names(Buf *out, const Table *table)
{
    sql_expand(out, table, "SELECT {t.id}::text, ");
    name_column(out, table, "t");
    sql_expand(out, table, " FROM {table} AS t WHERE {t.id}::text = ANY ($1::text[])");
}

void plan_report_changes(Buf *out, const Table *table, bool by_record)
{
    buf_str(out, "SELECT l.sync_id, to_char(coalesce(x.at, l.completed_at, l.started_at) AT TIME ZONE 'UTC', "
                 "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), x.id, ");
    name_column(out, table, "t");
    buf_str(out, ", x.action, x.columns, l.sync_type, floor(extract(epoch FROM clock_timestamp() - "
                 "coalesce(x.at, l.completed_at, l.started_at)))::bigint FROM ("
                 "SELECT record_id AS id, 'created' AS action, NULL::text AS columns, first_log AS log, "
                 "NULL::timestamptz AS at, 0::bigint AS place");
    sql_expand(out, table, " FROM {state}");
    buf_printf(out,
               " WHERE created AND %s"
               " UNION ALL SELECT record_id, 'created', NULL, created_log, NULL, 0 FROM artsync.changes"
               " WHERE action = 'deleted' AND %s"
               " UNION ALL SELECT record_id, action, columns::text, log_id, at, id FROM artsync.changes"
               " WHERE action <> 'state' AND %s"
               ") AS x JOIN public.sync_logs AS l ON l.id = x.log",
               by_record ? "record_id = $1" : "first_log = $1::bigint",
               by_record ? "record_id = $1" : "created_log = $1::bigint",
               by_record ? "record_id = $1" : "log_id = $1::bigint");
    sql_expand(out, table,
               " LEFT JOIN {table} AS t ON {t.id}::text = x.id WHERE l.base = $2 AND l.table_name = $3 "
               "ORDER BY x.log, x.place, x.id LIMIT $4::bigint");
}

void plan_record_exists(Buf *out, const Table *table)
{
    sql_expand(out, table,
               "SELECT EXISTS (SELECT FROM {state} WHERE record_id = $1) "
               "OR EXISTS (SELECT FROM {table} AS t WHERE {t.id}::text = $1)");
}

void plan_row_counts(Buf *sql, const Base *base)
{
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        buf_str(sql, i ? " UNION ALL SELECT " : "SELECT ");
        sql_literal(sql, table->name);
        sql_expand(sql, table, "::text AS name, count(*) AS rows, count(*) FILTER (WHERE {active}) AS active");
        buf_printf(sql, ", %d AS place", i);
        sql_expand(sql, table, " FROM {table} AS t");
    }
    buf_str(sql, " ORDER BY place");
}

void plan_all_rows(Buf *out, const Base *base)
{
    buf_str(out, "SELECT 0");
    for (int i = 0; i < base->n_tables; i++)
        sql_expand(out, &base->tables[i], " + (SELECT count(*) FROM {table})");
}

/* history_changes.c - what one sync changed, and what happened to one record.
 *
 * A created record has no row in artsync.changes: that it was created, and by which sync, is part of its state, or of
 * the note that a rollback leaves when it deletes the row again.
 */
#include <stdlib.h>

#include "artsync/embed.h"
#include "history.h"

enum { C_SYNC, C_AT, C_ID, C_NAME, C_ACTION, C_COLUMNS, C_TYPE, C_AGE };

/* One table's changes, oldest first. $1: the sync_logs id, or with `by_record` the record id; $2 base, $3 table. */
static void changes_sql(Buf *out, const Table *table, bool by_record)
{
    buf_str(out, "SELECT l.sync_id, to_char(coalesce(x.at, l.completed_at, l.started_at) AT TIME ZONE 'UTC', "
                 "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), x.id, ");
    sql_name_column(out, table, "t");
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
    sql_expand(out, table, " LEFT JOIN {table} AS t ON t.{id}::text = x.id WHERE l.base = $2 AND l.table_name = $3 "
                         "ORDER BY x.log, x.place, x.id");
}

typedef struct Printer {
    Cli *cli;
    const Table *table;
    JsonOut json;
    bool by_record;
    const char *reason; /* why the sync failed, or NULL */
    int64_t n;
} Printer;

static void print_json(Printer *p, const char *const *cells, cJSON *columns)
{
    json_open(&p->json, NULL, '{');
    json_text(&p->json, "sync_id", cells[C_SYNC]);
    json_text(&p->json, "at", cells[C_AT]);
    json_text(&p->json, "table", p->table->name);
    json_text(&p->json, "id", cells[C_ID]);
    json_text(&p->json, "action", cells[C_ACTION]);
    json_item(&p->json, "columns", cJSON_Duplicate(columns, 1));
    json_close(&p->json, '}');
}

static void print_text(Printer *p, const char *const *cells, const cJSON *columns)
{
    Arena arena = {0};
    const char *name = cells[C_NAME] ? cells[C_NAME] : change_name(p->table, columns);
    if (p->by_record && p->n)
        fputc('\n', stdout);
    if (p->by_record)
        out_print(stdout, "%s%.10s %.8s UTC, %s: %s by %s %s%s\n", style_begin(STYLE_DIM), cells[C_AT],
                cells[C_AT] + strlen("2026-11-21T"), out_age(strtoll(cells[C_AGE], NULL, 10), &arena), cells[C_ACTION],
                strcmp(cells[C_TYPE], "rollback") == 0 ? "rollback" : "sync", out_short_id(cells[C_SYNC], &arena),
                style_end(STYLE_DIM));
    change_print(stdout, p->table->name, cells[C_ID], name, cells[C_ACTION], columns);
    arena_free(&arena);
}

static bool each_change(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Printer *p = ctx;
    cJSON *columns = change_columns(cells[C_COLUMNS]);
    if (p->cli->json)
        print_json(p, cells, columns);
    else
        print_text(p, cells, columns);
    cJSON_Delete(columns);
    p->n++;
    return true;
}

static bool print_changes(Printer *p, const Table *table, const char *key, Err *err)
{
    Buf sql = {0};
    p->table = table;
    changes_sql(&sql, table, p->by_record);
    const char *params[] = {key, p->cli->base->name, table->name};
    bool ok = pg_each(p->cli->pg, sql.data, 3, params, each_change, p, err);
    buf_free(&sql);
    return ok;
}

static void begin(Printer *p)
{
    if (p->cli->json) {
        json_begin(&p->json, stdout);
        json_open(&p->json, "changes", '[');
    }
}

static void end(Printer *p, bool ok, const char *nothing, const Err *err)
{
    if (p->cli->json) {
        json_close(&p->json, ']');
        if (!p->by_record)
            json_text(&p->json, "reason", p->reason);
        if (!ok)
            json_item(&p->json, "error", json_error(err));
        json_end(&p->json);
        p->cli->reported = true;
    } else if (ok && p->n == 0 && nothing) {
        out_print(stdout, "%s\n", nothing);
    }
}

/* Why the sync failed, NULL if it did not; printed before its changes. */
static const char *print_reason(Printer *p, const PgRows *logs)
{
    const char *reason = NULL;
    for (int r = 0; r < pg_count(logs) && !reason; r++)
        reason = pg_get(logs, r, 3);
    if (p->cli->json)
        p->reason = reason;
    else if (reason)
        out_print(stdout, "It failed, and nothing was changed: %s\n", reason);
    return reason;
}

bool history_of_sync(Cli *cli, const char *sync_id, const char *table, Err *err)
{
    Printer printer = {.cli = cli};
    PgRows *logs = NULL;
    const char *params[] = {cli->base->name, sync_id, table};
    if (!pg_query(cli->pg, sql_query("history_logs"), 3, params, &logs, err))
        return false;
    begin(&printer);
    const char *reason = print_reason(&printer, logs);
    bool ok = true;
    for (int r = 0; ok && r < pg_count(logs); r++) {
        const Table *mapped = base_table(cli->base, pg_get(logs, r, 1)); /* NULL: no longer mapped */
        ok = !mapped || print_changes(&printer, mapped, pg_get(logs, r, 0), err);
    }
    end(&printer, ok, reason ? NULL : "It changed nothing.", err);
    pg_rows_free(logs);
    return ok;
}

/* Is there such a record at all, changed by a sync or not? */
static bool record_exists(Cli *cli, const Table *table, const char *record, bool *exists, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    sql_expand(&sql, table, "SELECT EXISTS (SELECT FROM {state} WHERE record_id = $1) "
                          "OR EXISTS (SELECT FROM {table} AS t WHERE t.{id}::text = $1)");
    bool ok = pg_row(cli->pg, sql.data, 1, (const char *[]){record}, &rows, err);
    *exists = *exists || (ok && pg_bool(rows, 0, 0));
    pg_rows_free(rows);
    buf_free(&sql);
    return ok;
}

bool history_of_record(Cli *cli, const char *record, const char *table, Err *err)
{
    Printer printer = {.cli = cli, .by_record = true};
    bool ok = true, exists = false;
    begin(&printer);
    for (int i = 0; ok && i < cli->base->n_tables; i++) {
        const Table *mapped = &cli->base->tables[i];
        if (!table || strcmp(mapped->name, table) == 0)
            ok = print_changes(&printer, mapped, record, err) && record_exists(cli, mapped, record, &exists, err);
    }
    if (ok && !exists && printer.n == 0)
        ok = err_set(err, ERR_USAGE, "it is the record id that counts, e.g. rec...; ids are case-sensitive",
                     "no record of %s has the id %s", table ? table : cli->base->name, record);
    end(&printer, ok, "No sync changed it.", err);
    return ok;
}

/* history_changes.c - what one sync changed, and what happened to one record.
 *
 * A created record has no row in artsync.changes: that it was created, and by which sync, is part of its state, or of
 * the note that a rollback leaves when it deletes the row again.
 */
#include <stdlib.h>

#include "artsync/changes.h"
#include "artsync/embed.h"
#include "history.h"
#include "plan_reports.h"

enum { C_SYNC, C_AT, C_ID, C_NAME, C_ACTION, C_COLUMNS, C_TYPE, C_AGE };

typedef struct History {
    Cli *cli;
    Report *report;
    const Table *table;
    const char *sync_id, *record; /* of which one the history is */
    const char *only;             /* table, or NULL: all */
    const char *reason;           /* why the sync failed, or NULL */
    int64_t n;
} History;

enum { HC_SYNC, HC_AT, HC_TABLE, HC_ID, HC_NAME, HC_ACTION, HC_COLUMNS, HC_TYPE, HC_AGE, HC_CELLS };

static void change_row(Report *report, void *ctx, const char *const *cells)
{
    const History *history = ctx;
    Arena *arena = report_arena(report);
    if (history->record) {
        report_gap(report);
        report_part(report, STYLE_DIM, "%.10s %.8s UTC, %s: %s by %s %s", cells[HC_AT],
                    cells[HC_AT] + strlen("2026-11-21T"), out_age(strtoll(cells[HC_AGE], NULL, 10), arena),
                    cells[HC_ACTION], strcmp(cells[HC_TYPE], "rollback") == 0 ? "rollback" : "sync",
                    out_short_id(cells[HC_SYNC], arena));
        report_line_end(report);
    }
    change_lines(report, cells[HC_TABLE], cells[HC_ID], cells[HC_NAME], cells[HC_ACTION], cells[HC_COLUMNS]);
}

static const ReportColumn change_columns[HC_CELLS] = {
    [HC_SYNC] = {.key = "sync_id", .heading = "sync", .type = CELL_SYNC_ID},
    [HC_AT] = {.key = "at", .heading = "at"},
    [HC_TABLE] = {.key = "table", .heading = "table"},
    [HC_ID] = {.key = "id", .heading = "id"},
    [HC_NAME] = {.heading = "name"},
    [HC_ACTION] = {.key = "action", .heading = "action"},
    [HC_COLUMNS] = {.key = "columns", .heading = "changes", .type = CELL_CHANGES},
};

static const ReportTable changes_table = {.key = "changes", COLUMNS(change_columns), .line = change_row};

/* On the page of one sync. */
static const ReportColumn page_columns[HC_CELLS] = {
    [HC_TABLE] = {.heading = "table", .style = STYLE_BOLD},
    [HC_ID] = {.heading = "id", .style = STYLE_DIM},
    [HC_NAME] = {.heading = "name"},
    [HC_ACTION] = {.heading = "action", .style_of = change_style},
    [HC_COLUMNS] = {.heading = "changes", .type = CELL_CHANGES},
};

static const ReportTable page_table = {COLUMNS(page_columns)};

static bool each_change(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    History *history = ctx;
    Buf columns = {0};
    changed_columns(cells[C_COLUMNS], &columns);
    const char *packed = buf_view(&columns).p;
    const char *row[HC_CELLS] = {
        [HC_SYNC] = cells[C_SYNC],
        [HC_AT] = cells[C_AT],
        [HC_TABLE] = history->table->name,
        [HC_ID] = cells[C_ID],
        [HC_ACTION] = cells[C_ACTION],
        [HC_COLUMNS] = packed,
        [HC_NAME] = cells[C_NAME] ? cells[C_NAME] : change_name(history->table, packed, report_arena(history->report)),
        [HC_TYPE] = cells[C_TYPE],
        [HC_AGE] = cells[C_AGE],
    };
    report_row(history->report, row);
    buf_free(&columns);
    history->n++;
    return true;
}

static bool write_table(History *history, const Table *table, const char *key, Err *err)
{
    Buf sql = {0};
    history->table = table;
    plan_report_changes(&sql, table, history->record != NULL);
    int64_t most = report_left(history->report);
    const char *limit = most == INT64_MAX ? NULL : report_number(history->report, most);
    const char *params[] = {key, history->cli->base->name, table->name,
                            limit ? arena_str(&history->cli->arena, limit) : NULL};
    bool ok = pg_each(history->cli->pg, sql.data, 4, params, each_change, history, err);
    buf_free(&sql);
    return ok;
}

/* ---- of a sync ---- */

static bool write_sync_changes(History *history, const PgRows *logs, Err *err)
{
    bool ok = true;
    for (int r = 0; ok && r < pg_count(logs); r++) {
        const Table *mapped = base_table(history->cli->base, pg_get(logs, r, 1)); /* NULL: no longer mapped */
        ok = !mapped || write_table(history, mapped, pg_get(logs, r, 0), err);
    }
    return ok;
}

static bool write_sync(Report *report, void *ctx, Err *err)
{
    History *history = ctx;
    PgRows *logs = NULL;
    const char *params[] = {history->cli->base->name, history->sync_id, history->only}, *reason = NULL;
    if (!pg_query(history->cli->pg, sql_query("history_logs"), 3, params, &logs, err))
        return false;
    history->report = report;
    for (int r = 0; r < pg_count(logs) && !reason; r++)
        reason = pg_get(logs, r, 3);
    if (reason)
        report_line(report, "It failed, and nothing was changed: %s", reason);
    report_table_begin(report, &changes_table, history);
    bool ok = write_sync_changes(history, logs, err);
    if (ok) {
        report_table_end(report);
        report_text(report, "reason", reason);
        if (history->n == 0 && !reason)
            report_line(report, "It changed nothing.");
    }
    pg_rows_free(logs);
    return ok;
}

bool history_of_sync(Cli *cli, const char *sync_id, const char *table, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_sync}, {0}};
    return cli_report(cli, sections, &(History){.cli = cli, .sync_id = sync_id, .only = table}, NULL, err);
}

bool history_page(Report *report, Cli *cli, const char *sync_id, int64_t changes, Err *err)
{
    History history = {.cli = cli, .report = report, .sync_id = sync_id};
    PgRows *logs = NULL;
    const char *params[] = {cli->base->name, sync_id, NULL};
    if (!pg_query(cli->pg, sql_query("history_logs"), 3, params, &logs, err))
        return false;
    report_table_begin(report, &page_table, &history);
    bool ok = write_sync_changes(&history, logs, err);
    if (ok && report_left(report) == 0)
        report_leave_out(report, changes - history.n);
    report_table_end(report);
    pg_rows_free(logs);
    return ok;
}

/* ---- of a record ---- */

/* Is there such a record at all, changed by a sync or not? */
static bool record_exists(Cli *cli, const Table *table, const char *record, bool *exists, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    plan_record_exists(&sql, table);
    bool ok = pg_row(cli->pg, sql.data, 1, (const char *[]){record}, &rows, err);
    *exists = *exists || (ok && pg_bool(rows, 0, 0));
    pg_rows_free(rows);
    buf_free(&sql);
    return ok;
}

static bool write_record(Report *report, void *ctx, Err *err)
{
    History *history = ctx;
    Cli *cli = history->cli;
    bool ok = true, exists = false;
    history->report = report;
    report_table_begin(report, &changes_table, history);
    for (int i = 0; ok && i < cli->base->n_tables; i++) {
        const Table *mapped = &cli->base->tables[i];
        if (!history->only || strcmp(mapped->name, history->only) == 0)
            ok = write_table(history, mapped, history->record, err) &&
                 record_exists(cli, mapped, history->record, &exists, err);
    }
    if (ok && !exists && history->n == 0)
        ok = err_set(err, ERR_USAGE, "it is the record id that counts, e.g. rec...; ids are case-sensitive",
                     "no record of %s has the id %s", history->only ? history->only : cli->base->name, history->record);
    if (!ok)
        return false;
    report_table_end(report);
    if (history->n == 0)
        report_line(report, "No sync changed it.");
    return true;
}

bool history_of_record(Cli *cli, const char *record, const char *table, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_record}, {0}};
    return cli_report(cli, sections, &(History){.cli = cli, .record = record, .only = table}, NULL, err);
}

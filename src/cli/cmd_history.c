/* cmd_history.c - the syncs, newest first; history_changes.c has one sync's and one record's changes. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/utf8.h"
#include "history.h"

static const Option options[] = {
    {"limit", 'n', OPTION_NUMBER, "N", NULL, "20", "maximum number of syncs to show (0: all)"},
    {"table", 0, OPTION_TEXT, "TABLE", NULL, NULL, "only the changes of this table"},
    {"record", 0, OPTION_TEXT, "ID", NULL, NULL, "the history of one record, change by change"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_history = {
    .name = "history",
    .arguments = "[SYNC_ID]",
    .max_arguments = 1,
    .summary = "list the syncs, or the changes of one sync or one record",
    .details = "SYNC_ID may be a unique prefix, or last.",
    .examples = "artsync history\n"
                "artsync history --limit 5 --table editions\n"
                "artsync history last\n"
                "artsync history --record recEZYT2dYnRPf3yh\n",
    .see_also = "report, rollback, rejects",
    .needs = NEED_SCHEMA | ALSO_MAP,
    .options = options,
    .run = run,
};

enum {
    H_SYNC,
    H_TYPE,
    H_STATUS,
    H_STARTED,
    H_COMPLETED,
    H_TABLE,
    H_PROCESSED,
    H_CREATED,
    H_UPDATED,
    H_GONE, /* deactivated; by a rollback: deleted */
    H_REJECTED,
    H_FILE,
    H_HASH,
    H_AGE,
    H_REASON,
    H_OF,
    H_SKIPPED,
    H_ORIGIN
};

enum { REASON_MAX = 160 }; /* history SYNC_ID has all of it */

static int64_t number(const char *cell) { return cell ? strtoll(cell, NULL, 10) : 0; }

static bool is_rollback(const char *const *cells)
{
    return cells[H_TYPE] && strcmp(cells[H_TYPE], "rollback") == 0;
}

/* ---- one sync: its row, and inside it its tables ---- */

enum {
    S_SYNC,
    S_AGE,
    S_TYPE,
    S_ORIGIN,
    S_STATUS,
    S_STARTED,
    S_COMPLETED,
    S_REASON,
    S_CREATED,
    S_UPDATED,
    S_DEACTIVATED,
    S_DELETED,
    S_REJECTED,
    S_NOTE,
    S_CELLS
};

static Style style_of_status(const char *status) { return strcmp(status, "failed") == 0 ? STYLE_BAD : STYLE_PLAIN; }

static const ReportColumn sync_columns[S_CELLS] = {
    [S_SYNC] = {.key = "sync_id", .heading = "sync", .type = CELL_SYNC_ID, .style = STYLE_BOLD},
    [S_AGE] = {.heading = "when", .type = CELL_AGE},
    [S_TYPE] = {.key = "type", .heading = "type"},
    [S_ORIGIN] = {.key = "origin"},
    [S_STATUS] = {.key = "status", .heading = "status", .style_of = style_of_status},
    [S_STARTED] = {.key = "started_at"},
    [S_COMPLETED] = {.key = "completed_at"},
    [S_REASON] = {.key = "reason"},
    [S_CREATED] = {.heading = "created", .type = CELL_COUNT, .style = STYLE_GOOD, .flags = AT_RIGHT},
    [S_UPDATED] = {.heading = "updated", .type = CELL_COUNT, .style = STYLE_GOOD, .flags = AT_RIGHT},
    [S_DEACTIVATED] = {.heading = "deactivated", .type = CELL_COUNT, .style = STYLE_WARN, .flags = AT_RIGHT},
    [S_DELETED] = {.heading = "deleted", .type = CELL_COUNT, .style = STYLE_WARN, .flags = AT_RIGHT | WHERE_FILLED},
    [S_REJECTED] = {.heading = "rejected", .type = CELL_COUNT, .style = STYLE_BAD, .flags = AT_RIGHT},
    [S_NOTE] = {.heading = "", .style = STYLE_DIM, .flags = WHERE_FILLED},
};

enum { T_TABLE, T_PROCESSED, T_CREATED, T_UPDATED, T_DEACTIVATED, T_DELETED, T_REJECTED, T_FILE, T_HASH, T_CELLS };

static const ReportColumn table_columns[T_CELLS] = {
    [T_TABLE] = {.key = "table"},
    [T_PROCESSED] = {.key = "processed", .type = CELL_COUNT},
    [T_CREATED] = {.key = "created", .type = CELL_COUNT},
    [T_UPDATED] = {.key = "updated", .type = CELL_COUNT},
    [T_DEACTIVATED] = {.key = "deactivated", .type = CELL_COUNT},
    [T_DELETED] = {.key = "deleted", .type = CELL_COUNT},
    [T_REJECTED] = {.key = "rejected", .type = CELL_COUNT},
    [T_FILE] = {.key = "source_file"},
    [T_HASH] = {.key = "source_hash"},
};

/* The log's rows come sync by sync, a row a table: those of one sync are gathered. */
typedef struct Syncs {
    Cli *cli;
    const char *const *params; /* of history_list.sql */
    Report *report;
    Arena arena;                         /* what follows */
    const char *head[S_CELLS];           /* head[S_SYNC] is NULL before the first */
    const char *(*tables)[T_CELLS];
    int n, cap;
    int64_t sums[S_CELLS];
    bool all_skipped;
    bool any;
} Syncs;

static void write_sync(Syncs *syncs)
{
    static const ReportTable tables = {.key = "tables", COLUMNS(table_columns)};
    if (!syncs->head[S_SYNC])
        return;
    for (int c = S_CREATED; c <= S_REJECTED; c++)
        syncs->head[c] = arena_printf(&syncs->arena, "%lld", (long long)syncs->sums[c]);
    if (syncs->all_skipped)
        syncs->head[S_NOTE] = "files unchanged";
    report_row_begin(syncs->report, syncs->head);
    report_table_begin(syncs->report, &tables, NULL);
    for (int i = 0; i < syncs->n; i++)
        report_row(syncs->report, syncs->tables[i]);
    report_table_end(syncs->report);
    report_row_end(syncs->report);
    arena_reset(&syncs->arena);
    memset(syncs->head, 0, sizeof syncs->head);
    memset(syncs->sums, 0, sizeof syncs->sums);
    syncs->n = 0;
}

static const char *kept(Syncs *syncs, const char *cell) { return cell ? arena_str(&syncs->arena, cell) : NULL; }

static const char *note_of(Syncs *syncs, const char *const *cells)
{
    if (cells[H_OF] && !cells[H_REASON])
        return arena_printf(&syncs->arena, "of %s", out_short_id(cells[H_OF], &syncs->arena));
    return cells[H_REASON] ? out_safe(cells[H_REASON], REASON_MAX, &syncs->arena) : "";
}

static void begin_sync(Syncs *syncs, const char *const *cells)
{
    static const int columns[][2] = {{S_SYNC, H_SYNC},           {S_AGE, H_AGE},       {S_TYPE, H_TYPE},
                                     {S_ORIGIN, H_ORIGIN},       {S_STATUS, H_STATUS}, {S_STARTED, H_STARTED},
                                     {S_COMPLETED, H_COMPLETED}, {S_REASON, H_REASON}};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        syncs->head[columns[i][0]] = kept(syncs, cells[columns[i][1]]);
    syncs->head[S_NOTE] = note_of(syncs, cells);
    syncs->all_skipped = syncs->any = true;
}

static void add_table(Syncs *syncs, const char *const *cells)
{
    bool rollback = is_rollback(cells);
    const char *gone = arena_printf(&syncs->arena, "%lld", (long long)number(cells[H_GONE]));
    ARRAY_RESERVE(syncs->tables, syncs->n, syncs->cap);
    const char **t = syncs->tables[syncs->n++];
    const int columns[][2] = {{T_TABLE, H_TABLE}, {T_FILE, H_FILE}, {T_HASH, H_HASH}};
    const int counts[][2] = {
        {T_PROCESSED, H_PROCESSED}, {T_CREATED, H_CREATED}, {T_UPDATED, H_UPDATED}, {T_REJECTED, H_REJECTED}};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        t[columns[i][0]] = kept(syncs, cells[columns[i][1]]);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        t[counts[i][0]] = kept(syncs, cells[counts[i][1]] ? cells[counts[i][1]] : "0");
    t[T_DEACTIVATED] = rollback ? "0" : gone;
    t[T_DELETED] = rollback ? gone : "0";
    syncs->sums[S_CREATED] += number(cells[H_CREATED]);
    syncs->sums[S_UPDATED] += number(cells[H_UPDATED]);
    syncs->sums[rollback ? S_DELETED : S_DEACTIVATED] += number(cells[H_GONE]);
    syncs->sums[S_REJECTED] += number(cells[H_REJECTED]);
    syncs->all_skipped = syncs->all_skipped && cells[H_SKIPPED] && cells[H_SKIPPED][0] == 't';
}

static bool read_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Syncs *syncs = ctx;
    if (!syncs->head[S_SYNC] || strcmp(syncs->head[S_SYNC], cells[H_SYNC]) != 0) {
        write_sync(syncs);
        begin_sync(syncs, cells);
    }
    add_table(syncs, cells);
    return true;
}

/* ---- the list ---- */

static bool write_syncs(Report *report, void *ctx, Err *err)
{
    static const ReportTable table = {.key = "syncs", COLUMNS(sync_columns)};
    Syncs *syncs = ctx;
    syncs->report = report;
    report_table_begin(report, &table, NULL);
    if (!pg_each(syncs->cli->pg, sql_query("history_list"), 3, syncs->params, read_row, syncs, err))
        return false;
    write_sync(syncs);
    report_table_end(report);
    if (!syncs->any)
        report_line(report, "No sync yet.");
    return true;
}

static bool list_syncs(Cli *cli, const char *table, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_syncs}, {0}};
    const char *params[] = {cli->base->name, table, cli_number(cli, "limit") ? cli_text(cli, "limit") : NULL};
    Syncs syncs = {.cli = cli, .params = params};
    bool ok = cli_report(cli, sections, &syncs, NULL, err);
    free(syncs.tables);
    arena_free(&syncs.arena);
    return ok;
}

/* ---- the command ---- */

static bool run(Cli *cli, Err *err)
{
    const char *table = cli_text(cli, "table"), *record = cli_text(cli, "record"), *sync = cli_argument(cli, 0);
    char sync_id[51];
    if (record && sync)
        return err_set(err, ERR_USAGE, NULL, "give a sync id or --record, not both");
    if (record && !utf8_valid(str_of(record), NULL))
        return err_set(err, ERR_USAGE, NULL, "--record: the id is not UTF-8");
    if (table && !cli_table(cli, table, err))
        return false;
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) &&
              (!sync || sync_find(cli->pg, cli->base->name, sync, false, sync_id, err)) &&
              (record ? history_of_record(cli, record, table, err)
               : sync ? history_of_sync(cli, sync_id, table, err)
                      : list_syncs(cli, table, err));
    pg_rollback(cli->pg);
    return ok;
}

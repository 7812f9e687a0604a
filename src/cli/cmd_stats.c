/* cmd_stats.c - rows per table and the last sync. */
#include "artsync/embed.h"
#include "plan_reports.h"
#include "private.h"

static const Option options[] = {{0}};

static bool run(Cli *cli, Err *err);

const Command cmd_stats = {
    .name = "stats",
    .summary = "count the rows of every table",
    .examples =
        "artsync stats\n"
        "artsync stats --json\n",
    .see_also = "status, history",
    .needs = NEED_SCHEMA,
    .options = options,
    .run = run,
};

typedef struct Last {
    const char *sync_id, *at;
    int64_t age;
} Last;

static Last last_of(const PgRows *lasts, const char *table)
{
    for (int r = 0; r < pg_count(lasts); r++)
        if (strcmp(pg_get(lasts, r, 0), table) == 0)
            return (Last){pg_get(lasts, r, 1), pg_get(lasts, r, 2), pg_int(lasts, r, 3)};
    return (Last){0};
}

typedef struct Stats {
    const Cli *cli;
    PgRows *counts, *lasts, *logs;
    Phase phase;
} Stats;

static bool write_tables(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.key = "table", .heading = "table"},
        {.key = "rows", .heading = "rows", .type = CELL_COUNT, .flags = AT_RIGHT},
        {.key = "active", .heading = "active", .type = CELL_COUNT, .flags = AT_RIGHT},
        {.key = "inactive", .heading = "inactive", .type = CELL_COUNT, .style = STYLE_WARN, .flags = AT_RIGHT},
        {.heading = "last sync", .type = CELL_AGE, .none = "never"},
        {.key = "last_sync_id", .heading = "id", .type = CELL_SYNC_ID, .style = STYLE_DIM, .flags = WHERE_FILLED},
        {.key = "last_synced_at"},
    };
    static const ReportTable table = {.key = "tables", COLUMNS(columns)};
    (void)err;
    const Stats *stats = ctx;
    report_table_begin(report, &table, NULL);
    for (int r = 0; r < pg_count(stats->counts); r++) {
        const char *name = pg_get(stats->counts, r, 0);
        Last last = last_of(stats->lasts, name);
        int64_t inactive = pg_int(stats->counts, r, 1) - pg_int(stats->counts, r, 2);
        report_row(report,
                   (const char *[]){name, pg_get(stats->counts, r, 1), pg_get(stats->counts, r, 2),
                                    report_number(report, inactive),
                                    last.sync_id ? report_number(report, last.age) : NULL, last.sync_id, last.at});
    }
    report_table_end(report);
    return true;
}

static bool write_summary(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Stats *stats = ctx;
    int64_t logs = pg_int(stats->logs, 0, 0);
    report_count(report, "sync_logs", logs);
    report_text(report, "phase", phase_name(stats->phase));
    report_gap(report);
    report_line(report, "Base %s in %s, phase %s, %s in the log.", stats->cli->base->name, pg_database(stats->cli->pg),
                phase_name(stats->phase), out_noun(logs, "entry", "entries", report_arena(report)));
    return true;
}

static bool run(Cli *cli, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_tables}, {FOR_ALL, 2, write_summary}, {0}};
    Buf sql = {0};
    Stats stats = {.cli = cli, .phase = PHASE_PARALLEL};
    const char *base[] = {cli->base->name};
    plan_row_counts(&sql, cli->base);
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) && pg_query(cli->pg, sql.data, 0, NULL, &stats.counts, err) &&
              pg_query(cli->pg, sql_query("stats_last_syncs"), 1, base, &stats.lasts, err) &&
              pg_row(cli->pg, sql_query("stats_log_count"), 1, base, &stats.logs, err) &&
              phase_read(cli->pg, cli->base->name, &stats.phase, err) && cli_report(cli, sections, &stats, NULL, err);
    pg_rollback(cli->pg);
    pg_rows_free(stats.counts);
    pg_rows_free(stats.lasts);
    pg_rows_free(stats.logs);
    buf_free(&sql);
    return ok;
}

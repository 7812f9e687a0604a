/* cmd_status.c - per table: its file, changed or not, the last sync, open rejects. */
#include "artsync/embed.h"
#include "artsync/log.h"
#include "artsync/shell.h"
#include "private.h"

static const Option options[] = {
    ROW_EXPORT_DIR,
    ROW_MODE,
    ROW_ON_CONFLICT,
    {"exit-code", 0, OPTION_FLAG, NULL, NULL, NULL, "end with status 1 if a sync would have something to read"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_status = {
    .name = "status",
    .summary = "show per table what a sync would find",
    .examples =
        "artsync status\n"
        "artsync status --exit-code\n",
    .see_also = "sync, diff, stats",
    .needs = NEED_SCHEMA,
    .options = options,
    .run = run,
};

typedef struct StatusReport {
    const Cli *cli;
    const PendingStatus *statuses; /* one a table */
    PgRows *ages, *killed;
    Phase phase;
} StatusReport;

static bool write_phase(Report *report, void *ctx, Err *err)
{
    (void)err;
    report_text(report, "phase", phase_name(((StatusReport *)ctx)->phase));
    return true;
}

static Style style_of_state(const char *state)
{
    return strcmp(state, "missing") == 0 ? STYLE_BAD : strcmp(state, "unchanged") == 0 ? STYLE_GOOD : STYLE_WARN;
}

static bool write_tables(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.key = "table", .heading = "table"},
        {.key = "file", .heading = "file"},
        {.key = "sha256", .heading = "SHA-256", .type = CELL_HASH, .style = STYLE_DIM},
        {.key = "changed", .type = CELL_FLAG},
        {.heading = "state", .style_of = style_of_state},
        {.heading = "last sync", .type = CELL_AGE, .none = "never"},
        {.key = "last_sync_id", .heading = "id", .type = CELL_SYNC_ID, .style = STYLE_DIM, .flags = WHERE_FILLED},
        {.key = "last_synced_at"},
        {.key = "open_rejects", .heading = "open rejects", .type = CELL_COUNT, .style = STYLE_BAD, .flags = AT_RIGHT},
    };
    static const ReportTable table = {.key = "tables", COLUMNS(columns)};
    (void)err;
    const StatusReport *status = ctx;
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < status->cli->base->n_tables; i++) {
        const PendingStatus *s = &status->statuses[i];
        report_row(report,
                   (const char *[]){s->table->name, s->file, filled(s->sha256), report_flag(s->changed),
                                    s->missing   ? "missing"
                                    : s->changed ? "to be read"
                                                 : "unchanged",
                                    s->last_sync_id[0] ? pg_get(status->ages, i, 0) : NULL, filled(s->last_sync_id),
                                    filled(s->last_synced_at), report_number(report, s->open_rejects)});
    }
    report_table_end(report);
    return true;
}

/* A run that was killed still says running; the next one marks it. */
static void write_killed(Report *report, const PgRows *killed)
{
    report_text(report, "interrupted_sync_id", pg_count(killed) ? pg_get(killed, 0, 0) : NULL);
    if (pg_count(killed))
        report_line(report, "The %s %s of %s was interrupted and changed nothing; the next sync marks it as failed.",
                    strcmp(pg_get(killed, 0, 1), "rollback") == 0 ? "rollback" : "sync", pg_get(killed, 0, 0),
                    pg_get(killed, 0, 2));
}

static bool write_summary(Report *report, void *ctx, Err *err)
{
    (void)err;
    const StatusReport *status = ctx;
    bool due = false;
    for (int i = 0; i < status->cli->base->n_tables; i++)
        due = due || status->statuses[i].changed;
    report_gap(report);
    report_line(report, "Base %s in %s, phase %s. %s", status->cli->base->name, pg_database(status->cli->pg),
                phase_name(status->phase),
                status->phase == PHASE_ARCHIVE ? "Nothing is synced any more."
                : due                          ? "A sync would read the marked files."
                                               : "A sync would have nothing to read.");
    if (due && status->phase != PHASE_ARCHIVE) {
        Arena *arena = report_arena(report);
        const char *dir = cli_given(status->cli, "export-dir") ? cli_text(status->cli, "export-dir") : NULL;
        report_line(report, "To read them: %s",
                    dir ? command_line(arena, "sync --export-dir %s", dir) : command_line(arena, "sync"));
    }
    write_killed(report, status->killed);
    return true;
}

static const ReportSection sections[] = {
    {FOR_ALL, 1, write_phase}, {FOR_ALL, 2, write_tables}, {FOR_ALL, 3, write_summary}, {0}};

/* Seconds since each table's last sync, in the order of the statuses. */
static bool read_ages(Cli *cli, const PendingStatus *statuses, PgRows **ages, Err *err)
{
    Buf array = {0};
    const char **stamps = arena_alloc(&cli->arena, sizeof *stamps * (size_t)(cli->base->n_tables + 1));
    for (int i = 0; i < cli->base->n_tables; i++)
        stamps[i] = statuses[i].last_synced_at[0] ? statuses[i].last_synced_at : NULL;
    sql_array(&array, stamps, cli->base->n_tables);
    bool ok = pg_query(cli->pg, sql_query("ages"), 1, (const char *[]){array.data}, ages, err);
    buf_free(&array);
    return ok;
}

static void missing_file(const PendingStatus *statuses, int n, Err *failed)
{
    for (int i = 0; i < n; i++)
        if (statuses[i].missing)
            err_set(failed, ERR_MISSING, "export that view again, or give --export-dir DIR", "%s: there is no %s",
                    statuses[i].table->name, statuses[i].path);
}

static bool run(Cli *cli, Err *err)
{
    int n = cli->base->n_tables;
    SyncOptions sync = {.places = {cli_text(cli, "export-dir"), cli_databases(cli)}};
    PendingStatus *statuses = arena_alloc(&cli->arena, sizeof *statuses * (size_t)(n + 1));
    StatusReport status = {.cli = cli, .statuses = statuses, .phase = PHASE_PARALLEL};
    Err failed = {0};
    bool ok =
        sync_choices_read(cli, &sync, err) && pg_begin(cli->pg, PG_TX_READ, err) &&
        phase_read(cli->pg, cli->base->name, &status.phase, err) &&
        sync_pending_status(&(Session){cli->pg, NULL, cli->base}, &sync, status.phase, statuses, &cli->arena, err) &&
        read_ages(cli, statuses, &status.ages, err) &&
        pg_query(cli->pg, sql_query("sync_killed"), 1, (const char *[]){cli->base->name}, &status.killed, err);
    pg_rollback(cli->pg);
    if (ok) {
        missing_file(statuses, n, &failed);
        for (int i = 0; i < n && cli_flag(cli, "exit-code"); i++)
            if (statuses[i].changed)
                cli->status = EXIT_ATTENTION;
        cli_report(cli, sections, &status, &failed, err);
        *err = failed;
    }
    pg_rows_free(status.ages);
    pg_rows_free(status.killed);
    return err->code == ERR_NONE;
}

/* cmd_detach.c - take artsync out of the database. */
#include "artsync/schema.h"
#include "private.h"

static const Option options[] = {
    {"dir", 0, OPTION_TEXT, "DIR", NULL, NULL, "the folder that gets the bookkeeping as CSV files"},
    {"keep-columns", 0, OPTION_FLAG, NULL, NULL, NULL,
     "leave is_active and the time stamps in the tables (always done)"},
    {"yes", 0, OPTION_FLAG, NULL, NULL, NULL, "yes, take artsync out of this database"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_detach = {
    .name = "detach",
    .summary = "take artsync out of the database and leave the tables working",
    .details =
        "Needs --yes and phase archive. State, changes, rejects and migrations are written to DIR as CSV files;\n"
        "then schema artsync and its triggers go, in one transaction. The tables keep their columns and get a\n"
        "trigger of their own that stamps updated_at; sync_logs stays. There is no way back but a backup.",
    .examples = "artsync backup before-detach.backup\n"
                "artsync phase archive --force\n"
                "artsync detach --dir bookkeeping --yes\n",
    .see_also = "phase, export, backup",
    .needs = NEED_SCHEMA,
    .purpose = "own",
    .options = options,
    .run = run,
};

typedef struct DetachReport {
    const Cli *cli;
    const char *dir;
    const Detached *detached;
} DetachReport;

static bool write_files(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.key = "table", .heading = "table"},
        {.key = "file"},
        {.key = "rows", .heading = "rows", .type = CELL_COUNT, .flags = AT_RIGHT},
    };
    static const ReportTable table = {.key = "files", COLUMNS(columns)};
    (void)err;
    const DetachReport *detach = ctx;
    report_text(report, "database", pg_database(detach->cli->pg));
    report_text(report, "base", detach->cli->base->name);
    report_text(report, "dir", detach->dir);
    report_count(report, "triggers", detach->detached->triggers);
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < detach->detached->n_files; i++) {
        const DetachedFile *file = &detach->detached->files[i];
        report_row(report, (const char *[]){file->table, file->path, report_number(report, file->rows)});
    }
    report_table_end(report);
    return true;
}

static bool write_done(Report *report, void *ctx, Err *err)
{
    (void)err;
    const DetachReport *detach = ctx;
    report_gap(report);
    report_line(report, "Base %s of %s works without artsync now; its bookkeeping is in %s.", detach->cli->base->name,
                pg_database(detach->cli->pg), out_safe(detach->dir, 400, report_arena(report)));
    if (detach->detached->shared)
        report_line(report, "Schema artsync stays: other bases of this database need it.");
    return true;
}

static const ReportSection sections[] = {{FOR_ALL, 1, write_files}, {FOR_PEOPLE, 2, write_done}, {0}};

static bool run(Cli *cli, Err *err)
{
    const char *dir = cli_text(cli, "dir");
    Detached detached = {0};
    if (!dir)
        return err_set(err, ERR_USAGE, "artsync detach --dir DIR --yes",
                       "--dir is missing: where the bookkeeping goes");
    if (!cli_flag(cli, "yes"))
        return err_set(err, ERR_USAGE, "make a backup first; if you mean it, add --yes",
                       "detach drops artsync's schema and triggers from %s", pg_describe(cli->pg));
    bool ok = schema_detach(cli->pg, cli->base, dir, &detached, err);
    cli->committed = ok;
    if (ok && !cli_is_quiet(cli))
        ok = cli_report(cli, sections, &(DetachReport){cli, dir, &detached}, NULL, err);
    detached_free(&detached);
    return ok;
}

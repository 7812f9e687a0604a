/* cmd_export.c - the tables back as CSV that Airtable and artsync read. */
#include "artsync/export.h"
#include "private.h"

static const Option options[] = {
    {"dir", 0, OPTION_TEXT, "DIR", NULL, NULL, "the folder to write to; created if it does not exist"},
    {"table", 0, OPTION_LIST, "TABLE", NULL, NULL, "only this table; may be repeated"},
    {"include-inactive", 0, OPTION_FLAG, NULL, NULL, NULL, "write inactive rows, too"},
    {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "replace files that already exist"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_export = {
    .name = "export",
    .summary = "write the tables back as CSV in Airtable's shape",
    .details =
        "Active rows, in one snapshot: BOM, LF, minimal quoting, the base's own headers, record ids. A merge of\n"
        "what is written changes nothing. Files that already exist stay, unless --force says otherwise.",
    .examples =
        "artsync export --dir out\n"
        "artsync export --dir prints --table prints --include-inactive\n",
    .see_also = "backup, sync",
    .needs = NEED_BASE,
    .options = options,
    .run = run,
};

typedef struct ExportReport {
    const ExportOptions *options;
    const ExportResult *result;
} ExportReport;

static bool write_export(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.key = "table", .heading = "table"}, {.key = "file"},
        {.key = "path"},                      {.key = "sha256"},
        {.key = "rows", .heading = "rows", .type = CELL_COUNT, .flags = AT_RIGHT},
        {.heading = "written to"},
    };
    static const ReportTable table = {.key = "tables", COLUMNS(columns)};
    (void)err;
    const ExportReport *export = ctx;
    report_field(report, "dir", "Folder", CELL_TEXT, export->options->dir);
    report_bool(report, "include_inactive", export->options->include_inactive);
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < export->result->n; i++) {
        const ExportTable *t = &export->result->tables[i];
        report_row(report, (const char *[]){t->table->name, t->table->file, t->path, t->sha256,
                                            report_number(report, t->rows), t->path});
    }
    report_table_end(report);
    return true;
}

static const ReportSection sections[] = {{FOR_ALL, 1, write_export}, {0}};

static bool run(Cli *cli, Err *err)
{
    ExportOptions export = {.dir = cli_text(cli, "dir"),
                            .tables = cli_list(cli, "table"),
                            .include_inactive = cli_flag(cli, "include-inactive"),
                            .replace = cli_flag(cli, "force")};
    ExportResult result = {0};
    if (!export.dir)
        return err_set(err, ERR_USAGE, "the folder that the CSV files are written to", "export needs --dir DIR");
    for (int i = 0; i < export.tables.n; i++)
        if (!cli_table(cli, export.tables.items[i], err))
            return false;
    bool ok = cli_require(cli, NEED_SCHEMA, err) && pg_begin(cli->pg, PG_TX_READ, err) &&
              export_run(cli->pg, cli->base, &export, &result, err);
    pg_rollback(cli->pg);
    cli->committed = ok;
    if (ok && !cli_is_quiet(cli))
        ok = cli_report(cli, sections, &(ExportReport){&export, &result}, NULL, err);
    export_result_free(&result);
    return ok;
}

/* cmd_export.c - the tables back as CSV that Airtable and artsync read. */
#include "artsync/export.h"
#include "private.h"

static const Option options[] = {
    {"dir", 0, OPTION_TEXT, "DIR", NULL, NULL, "the folder to write to; made if it is not there"},
    {"table", 0, OPTION_LIST, "TABLE", NULL, NULL, "only this table; may be repeated"},
    {"include-inactive", 0, OPTION_FLAG, NULL, NULL, NULL, "write inactive rows, too"},
    {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "replace files that are there already"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_export = {
    .name = "export",
    .summary = "write the tables back as CSV in Airtable's shape",
    .details =
        "Active rows, in one snapshot: BOM, LF, minimal quoting, the base's own headers, record ids. A merge of\n"
        "what is written changes nothing. Files that are there already stay, unless --force says otherwise.",
    .needs = NEED_BASE,
    .options = options,
    .run = run,
};

static void print_json(const ExportOptions *export, const ExportResult *result)
{
    JsonOut json;
    json_begin(&json, stdout);
    json_text(&json, "dir", export->dir);
    json_bool(&json, "include_inactive", export->include_inactive);
    json_open(&json, "tables", '[');
    for (int i = 0; i < result->n; i++) {
        const ExportTable *t = &result->tables[i];
        json_open(&json, NULL, '{');
        json_text(&json, "table", t->table->name);
        json_text(&json, "file", t->table->file);
        json_text(&json, "path", t->path);
        json_text(&json, "sha256", t->sha256);
        json_number(&json, "rows", t->rows);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_end(&json);
}

static void print_text(const ExportResult *result)
{
    TextTable *table = text_table_new();
    text_table_column(table, "table", COLUMN_LEFT);
    text_table_column(table, "rows", COLUMN_RIGHT);
    text_table_column(table, "written to", COLUMN_LEFT);
    for (int i = 0; i < result->n; i++) {
        text_table_cell(table, STYLE_PLAIN, result->tables[i].table->name);
        text_table_number(table, STYLE_PLAIN, result->tables[i].rows);
        text_table_cell(table, STYLE_PLAIN, result->tables[i].path);
        text_table_row(table);
    }
    text_table_print(table, stdout);
    text_table_free(table);
}

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
    if (ok && cli->json)
        print_json(&export, &result);
    else if (ok && !cli->quiet)
        print_text(&result);
    export_result_free(&result);
    return ok;
}

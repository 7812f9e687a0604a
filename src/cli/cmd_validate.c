/* cmd_validate.c - the checks, and the comparison with the export. */
#include "artsync/shell.h"
#include "validation.h"

static const Option options[] = {
    {"check", 0, OPTION_TEXT, "NAME", NULL, NULL, "run only this check"},
    {"list", 0, OPTION_FLAG, NULL, NULL, NULL, "list the checks instead of running them"},
    {"parity", 0, OPTION_FLAG, NULL, NULL, NULL, "also compare the database with the export, cell by cell"},
    ROW_EXPORT_DIR,
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_validate = {
    .name = "validate",
    .summary = "run the base's checks on the database, and compare it with the export",
    .details =
        "Each check is a question to the data, with what to do about what it finds. Checks that fail are errors\n"
        "(status 1) or warnings (status 0). With --parity every record is cleaned and compared with its row; with\n"
        "--json the result is the certificate of the move: time, database, files by SHA-256, counts, verdict.",
    .needs = NEED_BASE,
    .options = options,
    .run = run,
};

static void print_list(const Checks *checks)
{
    TextTable *table = text_table_new();
    text_table_column(table, "check", COLUMN_LEFT);
    text_table_column(table, "severity", COLUMN_LEFT);
    text_table_column(table, "what it finds", COLUMN_LEFT);
    for (int i = 0; i < checks->n; i++) {
        text_table_cell(table, STYLE_PLAIN, checks->items[i].name);
        text_table_cell(table, STYLE_PLAIN, severity_name(checks->items[i].severity));
        text_table_cell(table, STYLE_PLAIN, checks->items[i].summary);
        text_table_row(table);
    }
    text_table_print(table, stdout);
    text_table_free(table);
}

static void print_json(const Cli *cli, const Validation *v, bool ran, const Err *failed)
{
    JsonOut json;
    json_begin(&json, stdout);
    if (ran) {
        json_text(&json, "status", validation_failed(v) || failed->code != ERR_NONE ? "fail" : "pass");
        validation_json(cli, &json, v);
    } else {
        json_open(&json, "checks", '[');
        for (int i = 0; i < v->checks.n; i++)
            check_json(&json, &v->checks.items[i], false);
        json_close(&json, ']');
    }
    if (failed->code != ERR_NONE)
        json_item(&json, "error", json_error(failed));
    json_end(&json);
}

/* ---- the command ---- */

static bool choose(Cli *cli, Checks *checks, Err *err)
{
    const char *name = cli_text(cli, "check");
    if (!checks_load(cli->base_name, checks, err) || !name)
        return err->code == ERR_NONE;
    StringList all = {arena_alloc(&cli->arena, sizeof(char *) * (size_t)(checks->n + 1)), 0};
    for (int i = 0; i < checks->n; i++)
        all.items[all.n++] = checks->items[i].name;
    if (checks_only(checks, name))
        return true;
    const char *hint = did_you_mean(name, &all, &cli->arena);
    return err_set(err, ERR_USAGE, hint ? hint : command_hint("to list them: {}", "validate --list"), "base %s has no check %s",
                   cli->base->name, name);
}

static bool run_all(Cli *cli, Validation *v, Err *err)
{
    const char *export_dir = cli_flag(cli, "parity") ? cli_text(cli, "export-dir") : NULL;
    bool ok = cli_require(cli, NEED_SCHEMA, err) && pg_begin(cli->pg, PG_TX_READ, err) &&
              validation_run(cli, export_dir, v, err);
    pg_rollback(cli->pg);
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    Validation v = {0};
    Err broken = {0};
    bool list = cli_flag(cli, "list");
    bool ok = choose(cli, &v.checks, err) && (list || run_all(cli, &v, err));
    if (ok) {
        checks_runnable(&v.checks, &broken);
        cli->status = !list && validation_failed(&v) ? EXIT_ATTENTION : EXIT_DONE;
        cli->reported = cli->json;
        if (cli->json)
            print_json(cli, &v, !list, &broken);
        else if (list)
            print_list(&v.checks);
        else
            validation_text(cli, &v);
    }
    validation_free(&v);
    if (ok)
        *err = broken;
    return err->code == ERR_NONE;
}

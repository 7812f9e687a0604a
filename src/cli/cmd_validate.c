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
        "Each check is a query, with advice about what it finds. Checks that fail are errors\n"
        "(status 1) or warnings (status 0). With --parity every record is cleaned and compared with its row; with\n"
        "--json the result is the certificate of the move: time, database, files by SHA-256, counts, verdict.",
    .examples =
        "artsync validate\n"
        "artsync validate --list\n"
        "artsync validate --check duplicate_names\n"
        "artsync validate --parity\n",
    .see_also = "phase, rejects, sync",
    .needs = NEED_BASE,
    .options = options,
    .run = run,
};

typedef struct ValidateReport {
    const Cli *cli;
    const Validation *validation;
    bool broken; /* a check could not be run */
} ValidateReport;

static bool write_list(Report *report, void *ctx, Err *err)
{
    (void)err;
    report_checks(report, &((ValidateReport *)ctx)->validation->checks, false);
    return true;
}

static bool write_result(Report *report, void *ctx, Err *err)
{
    (void)err;
    const ValidateReport *r = ctx;
    report_text(report, "status", validation_failed(r->validation) || r->broken ? "fail" : "pass");
    validation_write(report, r->cli, r->validation);
    return true;
}

static const ReportSection list_sections[] = {{FOR_ALL, 1, write_list}, {0}};
static const ReportSection result_sections[] = {{FOR_ALL, 1, write_result}, {0}};

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
    return err_set(err, ERR_USAGE, hint ? hint : command_hint("to list them: {}", "validate --list"),
                   "base %s has no check %s", cli->base->name, name);
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
        ValidateReport report = {cli, &v, broken.code != ERR_NONE};
        cli_report(cli, list ? list_sections : result_sections, &report, &broken, err);
    }
    validation_free(&v);
    if (ok)
        *err = broken;
    return err->code == ERR_NONE;
}

/* cmd_completion.c - completion scripts, and the names that they ask for while somebody types. */
#include <stdlib.h>

#include "artsync/check.h"
#include "artsync/embed.h"
#include "completion.h"
#include "private.h"

static bool run(Cli *cli, Err *err);

const Command cmd_completion = {
    .name = "completion",
    .arguments = "bash|zsh|fish|tables|syncs|checks",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "print completion for a shell, to be sourced",
    .details = "tables, syncs and checks print names, one a line: the scripts ask for them while somebody types.",
    .examples =
        "artsync completion bash > artsync.bash\n"
        ". ./artsync.bash\n",
    .see_also = "help",
    .needs = NEED_BY_HAND,
    .run = run,
};

/* ---- scripts ---- */

typedef struct Script {
    const char *shell;
    CommandTable commands;
    void (*print)(FILE *, CommandTable);
} Script;

static const struct {
    const char *shell;
    void (*print)(FILE *, CommandTable);
} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

static void print_script(FILE *out, void *ctx)
{
    const Script *script = ctx;
    script->print(out, script->commands);
}

static bool write_script(Report *report, void *ctx, Err *err)
{
    const Script *script = ctx;
    report_text(report, "shell", script->shell);
    return report_printed(report, "script", print_script, ctx, err);
}

/* ---- names ---- */

typedef struct Names {
    const char *what;
    StringList list;
} Names;

static bool find_syncs(Cli *cli, Names *names, Err *err)
{
    PgRows *rows = NULL;
    bool ok = cli_require(cli, NEED_SCHEMA, err) &&
              pg_query(cli->pg, sql_query("completion_syncs"), 1, (const char *[]){cli->base->name}, &rows, err);
    names->list.items = arena_alloc(&cli->arena, sizeof *names->list.items * (size_t)(ok ? pg_count(rows) + 2 : 2));
    names->list.items[names->list.n++] = "last";
    for (int i = 0; ok && i < pg_count(rows); i++)
        names->list.items[names->list.n++] = arena_str(&cli->arena, pg_get(rows, i, 0));
    pg_rows_free(rows);
    return ok;
}

static bool find_checks(Cli *cli, Names *names, Err *err)
{
    Checks checks = {0};
    bool ok = checks_load(cli->base_name, &checks, err);
    names->list.items = arena_alloc(&cli->arena, sizeof *names->list.items * (size_t)(checks.n + 1));
    for (int i = 0; i < checks.n; i++)
        names->list.items[names->list.n++] = arena_str(&cli->arena, checks.items[i].name);
    checks_free(&checks);
    return ok;
}

/* Who types has no use for errors: what cannot be found is not offered. */
static void find_names(Cli *cli, Names *names)
{
    Err err = {0};
    bool ok = cli_configure(cli, &err) && cli_require(cli, NEED_BASE, &err);
    if (ok && strcmp(names->what, "syncs") == 0) {
        find_syncs(cli, names, &err);
    } else if (ok && strcmp(names->what, "checks") == 0) {
        find_checks(cli, names, &err);
    } else if (ok) {
        names->list.items = arena_alloc(&cli->arena, sizeof(char *) * (size_t)(cli->base->n_tables + 1));
        for (int i = 0; i < cli->base->n_tables; i++)
            names->list.items[names->list.n++] = cli->base->tables[i].name;
    }
    err_clear(&err);
}

static void name_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    report_line(report, "%s", cells[0]);
}

static bool write_names(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.key = "name", .heading = "name"}};
    static const ReportTable table = {.key = "names", COLUMNS(columns), .line = name_line};
    (void)err;
    const Names *names = ctx;
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < names->list.n; i++)
        report_row(report, &names->list.items[i]);
    report_table_end(report);
    return true;
}

static bool run(Cli *cli, Err *err)
{
    static const ReportSection script[] = {{FOR_ALL, 1, write_script}, {0}}, list[] = {{FOR_ALL, 1, write_names}, {0}};
    const char *what = cli_argument(cli, 0);
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(what, shells[i].shell) == 0)
            return cli_report(cli, script, &(Script){what, cli->arguments.commands, shells[i].print}, NULL, err);
    if (strcmp(what, "tables") != 0 && strcmp(what, "syncs") != 0 && strcmp(what, "checks") != 0)
        return err_set(err, ERR_USAGE, choice_hint(what, cmd_completion.arguments, &cli->arena),
                       "there is no completion for %s", what);
    Names names = {.what = what};
    find_names(cli, &names);
    return cli_report(cli, list, &names, NULL, err);
}

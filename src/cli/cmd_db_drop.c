/* db drop, db reset: for development only, and only with two confirmations. */
#include <string.h>

#include "artsync/schema.h"
#include "private.h"

static const Option options[] = {
    {"yes", 0, OPTION_FLAG, NULL, NULL, NULL, "yes, drop the tables with all that is in them"},
    {0},
};

static bool run_drop(Cli *cli, Err *err);
static bool run_reset(Cli *cli, Err *err);

const Command cmd_db_drop = {
    .name = "db drop",
    .summary = "drop all that the migrations made, rows included (development only)",
    .details = "Needs --yes and ARTSYNC_ENV=development. Tables, views and columns of others are never touched: where\n"
               "one of them depends on what would be dropped, nothing is.",
    .examples =
        "artsync backup before-drop.backup\n"
        "ARTSYNC_ENV=development artsync db drop --yes\n",
    .see_also = "db reset, backup",
    .needs = NEED_BASE | NEED_DATABASE,
    .purpose = "own",
    .options = options,
    .run = run_drop,
};

const Command cmd_db_reset = {
    .name = "db reset",
    .summary = "drop all that the migrations made and make it anew, empty (development only)",
    .details = "Needs --yes and ARTSYNC_ENV=development. Both happen in one transaction, or neither.",
    .examples =
        "artsync backup before-reset.backup\n"
        "ARTSYNC_ENV=development artsync db reset --yes\n",
    .see_also = "db drop, db migrate, backup",
    .needs = NEED_BASE | NEED_DATABASE,
    .purpose = "own",
    .options = options,
    .run = run_reset,
};

static bool allowed(const Cli *cli, Err *err)
{
    const char *command = cli->arguments.command->name;
    if (strcmp(cli_text(cli, "ARTSYNC_ENV"), "development") != 0)
        return err_set(err, ERR_REFUSED, "if this really is a development database, set ARTSYNC_ENV=development",
                       "%s: %s counts as a production database", command, pg_describe(cli->pg));
    if (!cli_flag(cli, "yes"))
        return err_set(err, ERR_USAGE, "if you mean it, add --yes", "%s erases every row of base %s in %s", command,
                       cli->base->name, pg_describe(cli->pg));
    return true;
}

/* What was done, and to how many objects or files. */
typedef struct Done {
    const char *database, *key;
    int n;
} Done;

static bool write_done(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Done *done = ctx;
    report_text(report, "database", done->database);
    report_count(report, done->key, done->n);
    return true;
}

static bool write_dropped(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Done *done = ctx;
    report_line(report, "Dropped from %s: %d tables, views, functions and types.", done->database, done->n);
    return true;
}

static bool write_reset(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Done *done = ctx;
    report_line(report, "%s is empty again: %d migrations applied.", done->database, done->n);
    return true;
}

static const ReportSection drop_sections[] = {{FOR_ALL, 1, write_done}, {FOR_PEOPLE, 2, write_dropped}, {0}};
static const ReportSection reset_sections[] = {{FOR_ALL, 1, write_done}, {FOR_PEOPLE, 2, write_reset}, {0}};

static bool run_drop(Cli *cli, Err *err)
{
    int dropped = 0;
    if (!allowed(cli, err) || !schema_drop(cli->pg, cli->base, cli->base_name, &dropped, err))
        return false;
    cli->committed = true;
    return cli_is_quiet(cli) ||
           cli_report(cli, drop_sections, &(Done){pg_database(cli->pg), "dropped", dropped}, NULL, err);
}

static bool run_reset(Cli *cli, Err *err)
{
    static const BaseCommands reset = {"db reset --yes", "db reset --yes"};
    int applied = 0;
    bool named = cli_given(cli, "base");
    if (!allowed(cli, err) || (!named && !schema_default_base(cli->pg, cli->base, &reset, err)) ||
        !schema_reset(cli->pg, cli->base, cli->base_name, &applied, err))
        return false;
    cli->committed = true;
    return cli_is_quiet(cli) ||
           cli_report(cli, reset_sections, &(Done){pg_database(cli->pg), "applied", applied}, NULL, err);
}

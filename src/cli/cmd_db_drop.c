/* db drop, db reset: for development only, and only when it was said twice. */
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
    .needs = NEED_BASE | NEED_DATABASE,
    .options = options,
    .run = run_drop,
};

const Command cmd_db_reset = {
    .name = "db reset",
    .summary = "drop all that the migrations made and make it anew, empty (development only)",
    .details = "Needs --yes and ARTSYNC_ENV=development. Both happens in one transaction, or neither.",
    .needs = NEED_BASE | NEED_DATABASE,
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

static void print_json(const Cli *cli, const char *key, int n)
{
    JsonOut json;
    json_begin(&json, stdout);
    json_text(&json, "database", pg_database(cli->pg));
    json_number(&json, key, n);
    json_end(&json);
}

static bool run_drop(Cli *cli, Err *err)
{
    int dropped = 0;
    if (!allowed(cli, err) || !schema_drop(cli->pg, cli->base, cli->base_name, &dropped, err))
        return false;
    cli->committed = true;
    if (cli->json)
        print_json(cli, "dropped", dropped);
    else if (!cli->quiet)
        out_print(stdout, "Dropped from %s: %d tables, views, functions and types.\n", pg_database(cli->pg), dropped);
    return true;
}

static bool run_reset(Cli *cli, Err *err)
{
    int applied = 0;
    bool named = cli_given(cli, "base");
    if (!allowed(cli, err) || (!named && !schema_default_base(cli->pg, cli->base, true, err)) ||
        !schema_reset(cli->pg, cli->base, cli->base_name, &applied, err))
        return false;
    cli->committed = true;
    if (cli->json)
        print_json(cli, "applied", applied);
    else if (!cli->quiet)
        out_print(stdout, "%s is empty again: %d migrations applied.\n", pg_database(cli->pg), applied);
    return true;
}

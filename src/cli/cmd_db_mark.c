/* cmd_db_mark.c - what kind of database this is: production or development. */
#include "artsync/base_map.h"
#include "artsync/embed.h"
#include "artsync/schema.h"
#include "private.h"

static bool run(Cli *cli, Err *err);

const Command cmd_db_mark = {
    .name = "db mark",
    .arguments = "production|development",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "note in the database whether it is production or development",
    .details =
        "artsync map does not write to a database that is marked as production. A database without artsync's own\n"
        "schema gets it.",
    .examples = "artsync db mark production\n"
                "artsync db mark development --json\n",
    .see_also = "map, db migrate",
    .needs = NEED_DATABASE,
    .run = run,
};

static bool write_mark(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Cli *cli = ctx;
    report_text(report, "database", pg_database(cli->pg));
    report_text(report, "environment", cli_argument(cli, 0));
    report_line(report, "%s is marked as %s.", pg_database(cli->pg), cli_argument(cli, 0));
    return true;
}

static bool run(Cli *cli, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_mark}, {0}};
    const char *kind = cli_argument(cli, 0);
    if (strcmp(kind, "production") != 0 && strcmp(kind, "development") != 0)
        return err_set(err, ERR_USAGE, "it is production or development", "\"%s\" is not a kind of database", kind);
    int applied;
    const char *params[] = {"", "environment", kind, runlog_who(&cli->arena)};
    cli->base = base_map_empty();
    bool ok = schema_migrate(cli->pg, cli->base, MAP_BASE, &applied, err) &&
              pg_run(cli->pg, sql_query("mark_set"), 4, params, NULL, err);
    cli->committed = ok;
    return ok && cli_report(cli, sections, cli, NULL, err);
}

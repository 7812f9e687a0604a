/* db grants: what a role has to be allowed to do, as SQL. */
#include "artsync/grants.h"
#include "private.h"

static const Option options[] = {
    {"for", 0, OPTION_CHOICE, "sync|read|own", NULL, "sync", "what the role shall be able to do"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_db_grants = {
    .name = "db grants",
    .arguments = "ROLE",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "print what a role needs, as SQL for this base",
    .details =
        "sync: the nightly sync. read: status, stats, history, rejects, report, validate, export and backup.\n"
        "own: all the rest, as the owner of the mapped tables and of artsync's own (migrate, roll back, set\n"
        "the phase). Nothing is changed: read the SQL, then let the owner of the objects or a superuser run\n"
        "it (psql -f).",
    .examples =
        "psql \"$DATABASE_URL\" -c \"CREATE ROLE nightly LOGIN\"\n"
        "artsync db grants nightly > grants.sql\n"
        "psql \"$DATABASE_URL\" -f grants.sql\n"
        "artsync db grants nightly --for read\n",
    .see_also = "base check, sync",
    .needs = NEED_BASE | NEED_DATABASE,
    .options = options,
    .run = run,
};

typedef struct Wanted {
    const Grants *grants;
    const char *role, *purpose;
} Wanted;

static void statement_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    report_line(report, "%s", cells[0]);
}

static bool write_statements(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.key = "statement", .heading = "statement"}, {.key = "missing"}};
    static const ReportTable table = {.key = "statements", COLUMNS(columns), .line = statement_line};
    (void)err;
    const Wanted *wanted = ctx;
    report_text(report, "role", wanted->role);
    report_text(report, "for", wanted->purpose);
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < wanted->grants->n; i++)
        report_row(report, (const char *[]){wanted->grants->items[i].statement, wanted->grants->items[i].missing});
    report_table_end(report);
    return true;
}

static const ReportSection sections[] = {{FOR_ALL, 1, write_statements}, {0}};

static bool run(Cli *cli, Err *err)
{
    const char *role = cli_argument(cli, 0), *purpose = cli_text(cli, "for");
    Grants grants = {0};
    if (strcmp(purpose, "own") != 0 && !cli_require(cli, NEED_SCHEMA, err))
        return false;
    bool ok = grants_read(cli->pg, cli->base, role, purpose, &grants, err);
    if (ok && !grants.role)
        ok = err_set(err, ERR_USAGE, "create it first: CREATE ROLE ... LOGIN", "%s: there is no role called %s",
                     pg_describe(cli->pg), role);
    ok = ok && cli_report(cli, sections, &(Wanted){&grants, role, purpose}, NULL, err);
    grants_free(&grants);
    return ok;
}

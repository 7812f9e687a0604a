/* cmd_diff.c - what a sync would change, column by column. */
#include "artsync/counters.h"
#include "artsync/log.h"
#include "report_sync.h"

static const Option options[] = {
    ROWS_SYNC,
    {"limit", 'n', OPTION_NUMBER, "N", NULL, "50",
     "maximum number of changes to print (0: all); --json prints all unless given"},
    {"exit-code", 0, OPTION_FLAG, NULL, NULL, NULL, "end with status 1 if there are changes"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_diff = {
    .name = "diff",
    .summary = "show what a sync would change, column by column",
    .details = "Runs a sync and undoes it, so it shows exactly what a sync would do. Nothing is written,\n"
               "not even to the log.",
    .examples =
        "artsync diff\n"
        "artsync diff --mode merge --limit 10\n"
        "artsync diff --table prints --exit-code\n",
    .see_also = "sync, status, history",
    .needs = NEED_SCHEMA,
    .purpose = "sync",
    .options = options,
    .run = run,
};

static bool any_change(const SyncResult *result)
{
    TableCounts sum = counters_total(result);
    return sum.created || sum.updated || sum.deactivated;
}

static bool print(Cli *cli, const SyncResult *result, const Err *failed, Err *err)
{
    bool all = report_audience(cli->form) == FOR_PROGRAMS && !cli_given(cli, "limit");
    SyncReport report = {.cli = cli,
                         .result = result,
                         .failed = failed->code != ERR_NONE,
                         .limit = all ? 0 : cli_number(cli, "limit")};
    return cli_report(cli, diff_sections, &report, failed, err);
}

static bool run(Cli *cli, Err *err)
{
    SyncOptions sync;
    SyncResult result = {0};
    Err failed = {0}, printing = {0};
    if (!sync_options_read(cli, &sync, err))
        return false;
    sync.dry_run = sync.want_changes = true;
    bool ok = sync_run(&(Session){cli->pg, NULL, cli->base}, &sync, &result, &failed);
    if (ok)
        cli->status = sync_result_status(&result);
    if (ok && cli_flag(cli, "exit-code") && any_change(&result))
        cli->status = EXIT_ATTENTION;
    bool printed = print(cli, &result, &failed, &printing);
    sync_result_free(&result);
    *err = ok ? printing : failed;
    if (!ok)
        err_clear(&printing);
    return ok && printed;
}

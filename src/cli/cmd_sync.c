/* cmd_sync.c - update the database from the export. */
#include "artsync/log.h"
#include "page.h"

static const Option options[] = {
    ROWS_SYNC,
    ROW_DRY_RUN,
    ROW_NOTIFY,
    ROW_REPORT,
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_sync = {
    .name = "sync",
    .summary = "clean the export and update the database from it",
    .details = "All tables change in one transaction, or none does. Records that break a rule are rejected one by one\n"
               "(see artsync rejects); a row that needs no change is not written; a file that has not changed since\n"
               "its last sync is not read.",
    .examples =
        "artsync sync --dry-run\n"
        "artsync sync\n"
        "artsync sync --table prints --mode merge\n"
        "artsync sync --file \"editions=airtable_export/Editions-All Records.csv\"\n"
        "artsync sync --quiet --report report.html\n",
    .see_also = "diff, rejects, history, rollback",
    .needs = NEED_SCHEMA | NEED_LOG,
    .purpose = "sync",
    .options = options,
    .run = run,
};

/* The page of --report. It changes nothing of what the sync did: one that cannot be written needs attention, no more.
 * One that never began, as another is running, leaves the page to that one. */
static void write_page(Cli *cli, const SyncResult *result, const Err *failed)
{
    const char *path = cli_text(cli, "report");
    Err err = {0};
    if (path && failed->code != ERR_BUSY && !page_of_run(cli, result, failed, path, &err)) {
        log_error(&err);
        cli->status = cli->status == EXIT_DONE ? EXIT_ATTENTION : cli->status;
    }
    err_clear(&err);
}

static bool run(Cli *cli, Err *err)
{
    SyncOptions sync;
    SyncResult result = {0};
    Err failed = {0}, printing = {0};
    const char *page = cli_text(cli, "report");
    if (!sync_options_read(cli, &sync, err) || (page && !page_try(page, err)))
        return false;
    sync.dry_run = cli_flag(cli, "dry-run");
    sync.want_changes = sync.dry_run && page;
    bool ok = sync_run(&(Session){cli->pg, cli->log, cli->base}, &sync, &result, &failed);
    cli->status = ok ? sync_result_status(&result) : err_status(failed.code);
    cli->committed = ok && !sync.dry_run;
    write_page(cli, &result, &failed);
    bool printed = true;
    SyncReport report = {.cli = cli, .result = &result, .failed = !ok};
    bool one_line = outcome_is_line(cli);
    if ((cli_is_quiet(cli) || one_line) && cli->status == EXIT_DONE) {
        report_file_warnings(result.cleaning);
        log_excel(NULL, &report, &printing);
    } else if (!one_line)
        printed = cli_report(cli, sync_sections, &report, &failed, &printing);
    memcpy(cli->outcome.sync_id, result.sync_id, sizeof result.sync_id);
    cli->outcome.summary = sync_summary(&result, cli->base, cli->status, &failed, &cli->arena);
    outcome_keep(cli, sync_sections, &report, &failed);
    sync_result_free(&result);
    if (!ok) {
        err_clear(&printing);
        *err = failed;
        return false;
    }
    if (!printed) { /* the sync itself is done: a report that cannot be printed needs attention, no more */
        log_error(&printing);
        cli->status = EXIT_ATTENTION;
    }
    err_clear(&printing);
    return true;
}

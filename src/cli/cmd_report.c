/* cmd_report.c - one run as a page for a browser. */
#include "page.h"

static const Option options[] = {
    {"html", 0, OPTION_TEXT, "FILE", NULL, NULL, "the page to write; one that exists is replaced"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_report = {
    .name = "report",
    .arguments = "[SYNC_ID]",
    .max_arguments = 1,
    .summary = "write one sync as an HTML page: counts, changes, rejects, checks, the last 90 days",
    .details = "Without SYNC_ID the last sync. The page needs nothing but itself: it can be mailed, printed and kept. "
               "Ends with\n"
               "status 0 whatever the sync found.",
    .examples =
        "artsync report --html report.html\n"
        "artsync report --html last.html last\n",
    .see_also = "sync, history, rejects",
    .needs = NEED_SCHEMA,
    .options = options,
    .run = run,
};

typedef struct Written {
    const char *sync_id, *path;
} Written;

static bool write_written(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Written *written = ctx;
    report_field(report, "sync_id", "Sync", CELL_SYNC_ID, written->sync_id);
    report_field(report, "file", "File", CELL_TEXT, written->path);
    report_line(report, "Report of sync %s written to %s.", out_short_id(written->sync_id, report_arena(report)),
                written->path);
    return true;
}

static bool write_page(Cli *cli, const char *sync_id, const char *path, Err *err)
{
    SyncResult result = {0};
    PageReport page = {0};
    bool ok = stored_sync_read(cli, sync_id, &result, &page, err) && page_ask(cli, &page, err) &&
              page_write(&page, path, err);
    page_free(&page);
    sync_result_free(&result);
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_written}, {0}};
    const char *path = cli_text(cli, "html"), *sync = cli_argument(cli, 0);
    char sync_id[51];
    if (!path)
        return err_set(err, ERR_USAGE, "e.g. artsync report --html report.html", "report needs --html FILE");
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) &&
              sync_find(cli->pg, cli->base->name, sync ? sync : "last", false, sync_id, err) &&
              write_page(cli, sync_id, path, err);
    pg_rollback(cli->pg);
    return ok && (cli_is_quiet(cli) || cli_report(cli, sections, &(Written){sync_id, path}, NULL, err));
}

/* cmd_rollback.c - undo one sync. */
#include "artsync/cells.h"
#include "artsync/changes.h"
#include "artsync/log.h"
#include "artsync/rollback.h"
#include "report_sync.h"

static const Option options[] = {
    ROW_DRY_RUN,
    {"strict", 0, OPTION_FLAG, NULL, NULL, NULL, "refuse if anything would be kept"},
    ROW_WAIT,
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_rollback = {
    .name = "rollback",
    .arguments = "SYNC_ID",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "undo one sync",
    .details =
        "Puts back what the sync changed, except what changed since: that is kept, counted and listed (status 1).\n"
        "Rows it created are deleted if they were not changed and no row refers to them. SYNC_ID may be a unique "
        "prefix,\n"
        "or last: the newest sync that changed something.",
    .examples = "artsync rollback last --dry-run\n"
                "artsync rollback last\n",
    .see_also = "history, diff, backup",
    .needs = NEED_SCHEMA | NEED_LOG | ALSO_MAP,
    .purpose = "rollback",
    .options = options,
    .run = run,
};

enum { KEPT_SHOWN = 50, VALUE_MAX = 60, REASON_MAX = 300 };

typedef struct RollbackReport {
    const RollbackResult *result;
    bool failed;
} RollbackReport;

static bool is_hidden(const Report *report, const RollbackReport *rollback)
{
    return rollback->failed && report_for(report) != FOR_PROGRAMS;
}

static bool write_counts(Report *report, void *ctx, Err *err)
{
    (void)err;
    const RollbackResult *result = ((RollbackReport *)ctx)->result;
    report_field(report, "sync_id", "Sync", CELL_SYNC_ID, filled(result->sync_id));
    report_field(report, "reversed", "Put back", CELL_COUNT, report_number(report, result->reversed));
    report_field(report, "kept", "Kept", CELL_COUNT, report_number(report, result->kept));
    report_field(report, "deleted", "Deleted", CELL_COUNT, report_number(report, result->deleted));
    return true;
}

/* ---- what was kept, and why ---- */

static bool is_not_kept(const char *const *cells) { return strcmp(cells[DETAIL_ACTION], "kept") != 0; }

static const char *shown(Report *report, const char *text)
{
    return text ? out_safe(text, VALUE_MAX, report_arena(report)) : "(empty)";
}

static void kept_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    Cells columns = {0};
    cells_split(arena_str(report_arena(report), cells[DETAIL_COLUMNS]), &columns);
    report_part(report, STYLE_PLAIN, "  %s %s", cells[DETAIL_TABLE], shown(report, cells[DETAIL_ID]));
    for (int i = 0; i + 2 < columns.n; i += 3)
        report_part(report, STYLE_PLAIN, ", %s %s -> %s", columns.items[i], shown(report, columns.items[i + 1]),
                    shown(report, columns.items[i + 2]));
    const char *reason = cells[DETAIL_REASON];
    report_line(report, "%s%s", reason ? ": " : "", reason ? out_safe(reason, REASON_MAX, report_arena(report)) : "");
    cells_free(&columns);
}

static bool write_details(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[DETAIL_CELLS] = {
        [DETAIL_TABLE] = {.key = "table", .heading = "table"},
        [DETAIL_ID] = {.key = "id", .heading = "id"},
        [DETAIL_ACTION] = {.key = "action"},
        [DETAIL_COLUMNS] = {.key = "columns", .heading = "changes", .type = CELL_CHANGES},
        [DETAIL_REASON] = {.key = "reason", .heading = "reason"},
    };
    static const ReportTable table = {.key = "details",
                                      .title = "Kept, because it changed since",
                                      COLUMNS(columns),
                                      .line = kept_line,
                                      .skip = is_not_kept,
                                      .shown = KEPT_SHOWN,
                                      .one = "other",
                                      .many = "others",
                                      .see = "; --json lists all"};
    const RollbackReport *rollback = ctx;
    return is_hidden(report, rollback) || report_spool(report, &table, NULL, rollback->result->details, err);
}

static bool write_closing(Report *report, void *ctx, Err *err)
{
    (void)err;
    const RollbackReport *rollback = ctx;
    const RollbackResult *result = rollback->result;
    Arena *arena = report_arena(report);
    if (is_hidden(report, rollback))
        return true;
    report_gap(report);
    report_line(report, "%s %s: %s put back, %s deleted, %s kept.",
                result->dry_run ? "Dry run, nothing was written. Undoing" : "Undone",
                out_short_id(result->sync_id, arena), out_noun(result->reversed, "row", "rows", arena),
                out_noun(result->deleted, "row", "rows", arena), out_noun(result->kept, "value", "values", arena));
    return true;
}

static const ReportSection sections[] = {
    {FOR_ALL, 1, write_counts}, {FOR_ALL, 2, write_details}, {FOR_PEOPLE, 3, write_closing}, {0}};

/* ---- the command ---- */

static bool run(Cli *cli, Err *err)
{
    RollbackOptions rollback = {.dry_run = cli_flag(cli, "dry-run"),
                                .strict = cli_flag(cli, "strict"),
                                .wait_seconds = (int)cli_number(cli, "wait")};
    RollbackResult result = {0};
    Err failed = {0}, printing = {0};
    bool printed = true,
         ok = rollback_run(&(Session){cli->pg, cli->log, cli->base}, cli_argument(cli, 0), &rollback, &result, &failed);
    cli->committed = ok && !rollback.dry_run;
    if (!cli_is_quiet(cli) || (ok && result.kept > 0))
        printed = cli_report(cli, sections, &(RollbackReport){&result, !ok}, &failed, &printing);
    cli->status = ok && result.kept > 0 ? EXIT_ATTENTION : EXIT_DONE;
    rollback_result_free(&result);
    if (ok && !printed) { /* the rollback itself is done */
        log_error(&printing);
        cli->status = EXIT_ATTENTION;
    }
    err_clear(&printing);
    *err = failed;
    return ok;
}

/* report_page.c - the page of one run: how it went, charts, what needs work, then the long lists. */
#include "report_page.h"

#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/counters.h"
#include "artsync/shell.h"
#include "history.h"
#include "page.h"
#include "rejects.h"
#include "validation.h"

static bool is(const PageReport *page, const char *status) { return page->status && strcmp(page->status, status) == 0; }

static bool is_rollback(const PageReport *page) { return page->type && strcmp(page->type, "rollback") == 0; }

/* ---- how it went ---- */

static int checks_of_rank(const PageReport *page, int rank)
{
    int n = 0;
    for (int i = 0; i < page->checks.n; i++)
        n += check_rank(&page->checks.items[i]) == rank;
    return n;
}

static void add_part(Buf *text, int64_t n, const char *one, const char *many, Arena *arena)
{
    if (n)
        buf_printf(text, "%s%s", text->len ? ", " : "", out_noun(n, one, many, arena));
}

static void write_attention(Report *report, const PageReport *page, const TableCounts *sum)
{
    Buf parts = {0};
    Arena *arena = report_arena(report);
    add_part(&parts, sum->new_rejects, "new rejected record", "new rejected records", arena);
    add_part(&parts, sum->conflicts, "conflict", "conflicts", arena);
    add_part(&parts, checks_of_rank(page, 0) + checks_of_rank(page, 1), "failed check", "failed checks", arena);
    if (parts.len)
        report_part(report, STYLE_WARN, "Needs attention: %s.", parts.data);
    else
        report_part(report, STYLE_GOOD, "Nothing needs attention.");
    report_line_end(report);
    buf_free(&parts);
}

static void write_outcome(Report *report, const PageReport *page, const TableCounts *sum)
{
    if (page->sync.failed) {
        report_part(report, STYLE_BAD, "Failed, and nothing was changed: %s",
                    page->error ? page->error : "no reason is known");
        report_line_end(report);
        if (page->hint)
            report_line(report, "What to do: %s", page->hint);
        return;
    }
    if (is(page, "running"))
        report_line(report, "It has not ended yet.");
    if (is(page, "rolled_back"))
        report_line(report, "It was undone by a rollback later.");
    if (is(page, "dry_run"))
        report_line(report, "Dry run: nothing was written. This is what a sync would do.");
    write_attention(report, page, sum);
}

static void write_facts(Report *report, const PageReport *page)
{
    const SyncResult *result = page->sync.result;
    Arena *arena = report_arena(report);
    const char *at = result->started_at;
    report_field(report, NULL, "Base", CELL_TEXT, page->sync.cli->base->name);
    report_field(report, NULL, "Database", CELL_TEXT, pg_database(page->sync.cli->pg));
    if (strlen(at) >= strlen("2026-11-28T03:00:00"))
        report_field(report, NULL, "Started", CELL_TEXT, arena_printf(arena, "%.10s %.8s UTC", at, at + 11));
    report_field(report, NULL, "Duration", CELL_DURATION, report_number(report, result->duration_ms));
    report_field(report, NULL, "Mode", CELL_TEXT, page->type);
    if (!is(page, "dry_run"))
        report_field(report, NULL, "Sync id", CELL_TEXT, result->sync_id);
    if (page->of_sync)
        report_field(report, NULL, "Undoes the sync", CELL_TEXT, page->of_sync);
    if (result->forced)
        report_field(report, NULL, "Safety limits", CELL_TEXT, "skipped (--force)");
}

static void write_tiles(Report *report, const PageReport *page, const TableCounts *sum)
{
    const bool rollback = is_rollback(page);
    const struct {
        const char *label;
        int64_t n;
        bool shown;
    } tiles[] = {
        {"Read", sum->read, !rollback},
        {"Created", sum->created, !rollback},
        {rollback ? "Put back" : "Updated", sum->updated, true},
        {rollback ? "Deleted" : "Deactivated", sum->deactivated, true},
        {"Rejected", sum->rejected, !rollback},
        {"Conflicts", sum->conflicts, !rollback},
    };
    for (size_t i = 0; i < sizeof tiles / sizeof tiles[0]; i++)
        if (tiles[i].shown)
            report_field(report, NULL, tiles[i].label, CELL_COUNT, report_number(report, tiles[i].n));
}

static bool write_head(Report *report, void *ctx, Err *err)
{
    (void)err;
    const PageReport *page = ctx;
    const SyncResult *result = page->sync.result;
    Arena *arena = report_arena(report);
    TableCounts sum = counters_total(result);
    if (is(page, "dry_run"))
        report_heading(report, "Dry run of base %s", page->sync.cli->base->name);
    else
        report_heading(report, "%s %s of base %s", is_rollback(page) ? "Rollback" : "Sync",
                       out_short_id(result->sync_id, arena), page->sync.cli->base->name);
    write_outcome(report, page, &sum);
    write_facts(report, page);
    if (!page->sync.failed)
        write_tiles(report, page, &sum);
    if (!page->asked)
        report_line(report, "Checks, changes and the last days are missing here: %s",
                    page->why_not ? page->why_not : "the database could not be asked");
    return true;
}

static bool write_tables(Report *report, void *ctx, Err *err)
{
    const PageReport *page = ctx;
    if (page->sync.failed || is_rollback(page))
        return true;
    report_heading(report, "Tables");
    return report_tables(report, ctx, err);
}

/* ---- what needs work ---- */

/* The tables that have rejects, each with its commands. */
typedef struct Replay {
    Report *report;
    Buf seen; /* names of tables, each in line feeds */
} Replay;

static bool each_reject(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Replay *replay = ctx;
    Arena arena = {0};
    const char *name = arena_printf(&arena, "\n%s\n", cells[REJECT_TABLE]);
    if (!replay->seen.len || !strstr(replay->seen.data, name)) {
        buf_str(&replay->seen, name);
        const char *const lines[] = {
            command_line(&arena, "rejects --table %s --csv " FIXED_CSV, cells[REJECT_TABLE]),
            rejects_replay(cells[REJECT_TABLE], FIXED_CSV, &arena),
        };
        report_line(replay->report, "Or, for %s: write the records to a file, correct them there, then read the file.",
                    cells[REJECT_TABLE]);
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
            report_part(replay->report, STYLE_COMMAND, "%s", lines[i]);
            report_line_end(replay->report);
        }
    }
    arena_free(&arena);
    return true;
}

static bool write_rejects(Report *report, void *ctx, Err *err)
{
    const PageReport *page = ctx;
    Spool *rejects = page->sync.result->rejects;
    int64_t n = spool_count(rejects);
    if (n == 0)
        return true;
    report_heading(report, "Rejected: %s not written", out_noun(n, "record was", "records were", report_arena(report)));
    report_line(report, "What to do: correct the records in Airtable and export again; the next sync reads them.");
    Replay replay = {.report = report};
    bool kept = is(page, "completed") || is(page, "rolled_back"); /* else nothing is left to make a file of */
    bool ok = !kept || spool_each(rejects, each_reject, &replay, err);
    buf_free(&replay.seen);
    return ok && report_rejects(report, ctx, err);
}

static bool write_conflicts(Report *report, void *ctx, Err *err)
{
    const PageReport *page = ctx;
    int64_t n = counters_total(page->sync.result).conflicts;
    if (n == 0)
        return true;
    if (page->stored) {
        report_heading(report, "Conflicts: %s", out_noun(n, "column", "columns", report_arena(report)));
        report_line(report, "The log keeps only how many there were. sync --report writes a page that lists them.");
        return true;
    }
    return report_conflicts(report, ctx, err);
}

static Style check_style(const char *word)
{
    return strcmp(word, "ok") == 0 ? STYLE_GOOD : strcmp(word, "warning") == 0 ? STYLE_WARN : STYLE_BAD;
}

static void write_check(Report *report, const Base *base, const Check *check)
{
    static const char *const words[] = {"cannot run", "failed", "warning", "ok"};
    Arena *arena = report_arena(report);
    Cells rows = {0};
    Buf sample = {0};
    cells_split(arena_str(arena, buf_view(&check->sample).p), &rows);
    for (int r = 0; r < rows.n; r++)
        cells_add(&sample, check_sample_words(base, rows.items[r], arena));
    report_row(report, (const char *[]){words[check_rank(check)], *check->summary ? check->summary : check->name,
                                        check->ran ? report_number(report, check->violations) : NULL, sample.data,
                                        check->broken       ? check->broken
                                        : check->violations ? filled(check->advice)
                                                            : NULL});
    buf_free(&sample);
    cells_free(&rows);
}

static bool write_checks(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.heading = "result", .style_of = check_style},
        {.heading = "what it finds"},
        {.heading = "found", .type = CELL_COUNT, .flags = AT_RIGHT},
        {.heading = "examples", .type = CELL_LIST},
        {.heading = "what to do"},
    };
    static const ReportTable table = {COLUMNS(columns)};
    (void)err;
    const PageReport *page = ctx;
    if (!page->asked || page->checks.n == 0)
        return true;
    report_heading(report, "Checks, as the database is now");
    report_table_begin(report, &table, NULL);
    for (int rank = 0; rank < 3; rank++)
        for (int i = 0; i < page->checks.n; i++)
            if (check_rank(&page->checks.items[i]) == rank)
                write_check(report, page->sync.cli->base, &page->checks.items[i]);
    report_table_end(report);
    report_line(report, "%s passed.", out_noun(checks_of_rank(page, 3), "check", "checks", report_arena(report)));
    return true;
}

/* ---- the last days ---- */

static bool write_days(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.heading = "day"},
        {.heading = "Changed rows", .type = CELL_COUNT, .flags = PLOTTED},
        {.heading = "New rejected records", .type = CELL_COUNT, .flags = PLOTTED},
        {.heading = "Duration", .type = CELL_DURATION, .flags = PLOTTED},
        {.heading = "Rows", .type = CELL_COUNT, .flags = PLOTTED_LINE},
    };
    static const ReportTable table = {COLUMNS(columns)};
    (void)err;
    const PageReport *page = ctx;
    if (!page->asked)
        return true;
    report_heading(report, "The last 90 days");
    report_table_begin(report, &table, NULL);
    for (int r = 0; r < pg_count(page->days); r++) {
        const char *cells[sizeof columns / sizeof columns[0]];
        for (int c = 0; c < table.n_columns; c++)
            cells[c] = pg_get(page->days, r, c);
        report_row(report, cells);
    }
    report_table_end(report);
    report_part(report, STYLE_DIM,
                "Days are in UTC. Duration is that of the day's longest run. Rows are those of all tables, counted "
                "back from today's by what each run created.");
    report_line_end(report);
    return true;
}

/* ---- every change ---- */

static bool write_changes(Report *report, void *ctx, Err *err)
{
    const PageReport *page = ctx;
    TableCounts sum = counters_total(page->sync.result);
    int64_t n = sum.created + sum.updated + sum.deactivated;
    if (page->sync.failed || !page->asked)
        return true;
    report_heading(report, "Changes: %s", n ? out_noun(n, "row", "rows", report_arena(report)) : "none");
    if (n == 0)
        return true;
    return is(page, "dry_run") ? report_changes(report, ctx, err)
                               : history_page(report, page->sync.cli, page->sync.result->sync_id, n, err);
}

static bool write_foot(Report *report, void *ctx, Err *err)
{
    (void)ctx;
    (void)err;
    report_part(report, STYLE_DIM, "Written by artsync %s.", ARTSYNC_VERSION);
    report_line_end(report);
    return true;
}

const ReportSection page_sections[] = {
    {FOR_PAGE, 1, write_head},       {FOR_PAGE, 2, write_tables},    {FOR_PAGE, 3, write_days},
    {FOR_PAGE, 4, write_rejects},    {FOR_PAGE, 5, write_conflicts}, {FOR_PAGE, 6, write_checks},
    {FOR_PAGE, 7, report_warnings},  {FOR_PAGE, 8, report_excel},    {FOR_PAGE, 9, report_cleaning},
    {FOR_PAGE, 10, report_unmapped}, {FOR_PAGE, 11, write_changes},  {FOR_PAGE, 12, write_foot},
    {0},
};

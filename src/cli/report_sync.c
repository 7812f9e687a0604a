/* report_sync.c - what sync and diff tell: the run, its tables, what was cleaned, rejected, in conflict and changed. */
#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/counters.h"
#include "artsync/log.h"
#include "artsync/shell.h"
#include "rejects.h"
#include "report_sync.h"

enum {
    HEADERS_SHOWN = 30,
    CLEANING_SHOWN = 20,
    CONFLICTS_SHOWN = 10,
    WARNINGS_SHOWN = 30,
    VALUE_MAX = 60,
    REASON_MAX = 300
};

static const char see_json[] = "; --json lists all";

static const char *shortened(Report *report, const char *text)
{
    return out_safe(text, VALUE_MAX, report_arena(report));
}

static const char *quoted(Report *report, const char *text)
{
    return text ? arena_printf(report_arena(report), "\"%s\"", shortened(report, text)) : "(empty)";
}

static const char *shown(Report *report, const char *text) { return text ? shortened(report, text) : "(empty)"; }

static int64_t number(const char *cell) { return cell ? strtoll(cell, NULL, 10) : 0; }

/* ---- the run ---- */

bool report_run(Report *report, void *ctx, Err *err)
{
    (void)err;
    const SyncReport *sync = ctx;
    const SyncResult *result = sync->result;
    report_field(report, "sync_id", "Sync", CELL_SYNC_ID, filled(result->sync_id));
    report_field(report, "mode", "Mode", CELL_TEXT, sync_mode_name(result->mode));
    report_bool(report, "dry_run", result->dry_run);
    report_bool(report, "forced", result->forced);
    report_field(report, "status", "Status", CELL_TEXT, result->status ? result->status : "failed");
    report_field(report, "started_at", "Started at", CELL_TEXT, filled(result->started_at));
    report_field(report, "duration_ms", "Duration", CELL_DURATION, report_number(report, result->duration_ms));
    if (sync_is_hidden(report, sync))
        return true;
    report_gap(report);
    report_line(report, "%s%s: base %s into database %s, mode %s", result->dry_run ? "Dry run" : "Sync ",
                result->dry_run ? "" : out_short_id(result->sync_id, report_arena(report)), sync->cli->base->name,
                pg_database(sync->cli->pg), sync_mode_name(result->mode));
    report_gap(report);
    return true;
}

/* ---- conflicts ---- */

static void conflict_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    report_line(report, "  %s %s %s: export %s, database %s; %s", shown(report, cells[CONFLICT_CELL_TABLE]),
                shown(report, cells[CONFLICT_CELL_ID]), shown(report, cells[CONFLICT_CELL_COLUMN]),
                shown(report, cells[CONFLICT_CELL_EXPORT]), shown(report, cells[CONFLICT_CELL_DATABASE]),
                shown(report, cells[CONFLICT_CELL_RESOLUTION]));
}

bool report_conflicts(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[CONFLICT_CELLS] = {
        {.key = "table", .heading = "table"},       {.key = "id", .heading = "id"},
        {.key = "column", .heading = "column"},     {.key = "export", .heading = "export"},
        {.key = "database", .heading = "database"}, {.key = "resolution", .heading = "value kept"},
    };
    static const ReportTable table = {
        .key = "conflicts",
        .title = "Conflicts: changed in the export and in the database since the last sync",
        COLUMNS(columns),
        .line = conflict_line,
        .shown = CONFLICTS_SHOWN,
        .one = "other",
        .many = "others",
        .see = see_json,
    };
    Spool *conflicts = ((SyncReport *)ctx)->result->conflicts;
    if (!report_spool(report, &table, NULL, conflicts, err))
        return false;
    if (spool_count(conflicts))
        report_line(report, "  What to do: where the other value is right, enter it in the database or in Airtable.");
    return true;
}

/* ---- records without a row, of tables that are only updated ---- */

static void unfound_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    report_line(report, "  %s %s", shown(report, cells[UNFOUND_TABLE]), shown(report, cells[UNFOUND_ID]));
}

static bool report_not_found(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[UNFOUND_CELLS] = {{.key = "table", .heading = "table"},
                                                        {.key = "id", .heading = "id"}};
    static const ReportTable table = {
        .key = "not_found",
        .title = "Not found: records without a row",
        COLUMNS(columns),
        .line = unfound_line,
        .shown = CONFLICTS_SHOWN,
        .one = "other",
        .many = "others",
        .see = see_json,
    };
    return report_spool(report, &table, NULL, ((SyncReport *)ctx)->result->not_found, err);
}

/* ---- cleaning ---- */

static void cleaning_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    report_line(report, "  %s.%s: %s -> %s %sx", cells[0], cells[1], quoted(report, cells[2]), quoted(report, cells[3]),
                out_count(number(cells[4]), report_arena(report)));
}

bool report_cleaning(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.key = "table", .heading = "table"}, {.key = "column", .heading = "column"},
        {.key = "from", .heading = "from"},   {.key = "to", .heading = "to"},
        {.key = "count", .heading = "count", .type = CELL_COUNT, .flags = AT_RIGHT},
    };
    static const ReportTable table = {
        .key = "cleaning",
        .title = "Values changed by cleaning",
        COLUMNS(columns),
        .line = cleaning_line,
        .shown = CLEANING_SHOWN,
        .one = "other kind",
        .many = "other kinds",
        .see = see_json,
    };
    (void)err;
    const SyncReport *sync = ctx;
    if (sync_is_hidden(report, sync))
        return true;
    const CleaningChange *changes = NULL;
    size_t n = sync->result->cleaning ? cleaning_report_changes(sync->result->cleaning, &changes) : 0;
    report_table_begin(report, &table, NULL);
    for (size_t i = 0; i < n; i++)
        report_row(report, (const char *[]){changes[i].table, changes[i].column, changes[i].from, changes[i].to,
                                            report_number(report, changes[i].count)});
    report_table_end(report);
    return true;
}

/* ---- warnings ---- */

enum { W_TABLE, W_COLUMN, W_CODE, W_TEXT, W_COUNT, W_LINES, W_IDS, W_CELLS };

static void warning_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    const char *code = cells[W_CODE], *column = cells[W_COLUMN], *lines = cells[W_LINES];
    report_part(report, STYLE_PLAIN, "  %s%s%s: %s%s%s", cells[W_TABLE], column ? "." : "", column ? column : "",
                code ? code : "", code ? ", e.g. " : "", cells[W_TEXT]);
    if (number(cells[W_COUNT]) > 1)
        report_part(report, STYLE_PLAIN, " %sx", out_count(number(cells[W_COUNT]), report_arena(report)));
    if (lines)
        report_part(report, STYLE_PLAIN, " (%s %s)", number(cells[W_COUNT]) == 1 ? "line" : "lines", lines);
    if (cells[W_IDS])
        report_part(report, STYLE_PLAIN, " (%s)", cells[W_IDS]);
    report_line_end(report);
}

bool report_warnings(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[W_CELLS] = {
        [W_TABLE] = {.heading = "table"},
        [W_COLUMN] = {.heading = "column"},
        [W_CODE] = {.heading = "code", .flags = WHERE_FILLED},
        [W_TEXT] = {.heading = "the cell"},
        [W_COUNT] = {.heading = "cells", .type = CELL_COUNT, .flags = AT_RIGHT},
        [W_LINES] = {.heading = "lines"},
        [W_IDS] = {.heading = "records", .flags = WHERE_FILLED},
    };
    static const ReportTable table = {.title = "Warnings",
                                      COLUMNS(columns),
                                      .line = warning_line,
                                      .shown = WARNINGS_SHOWN,
                                      .one = "other kind",
                                      .many = "other kinds"};
    (void)err;
    const SyncReport *sync = ctx;
    if (sync_is_hidden(report, sync))
        return true;
    const CleaningWarning *warnings = NULL;
    size_t n = sync->result->cleaning ? cleaning_report_warnings(sync->result->cleaning, &warnings) : 0;
    report_table_begin(report, &table, NULL);
    for (size_t i = 0; i < n; i++) {
        const CleaningWarning *w = &warnings[i];
        report_row(report,
                   (const char *[]){w->table, w->column, w->code, out_safe(w->text, REASON_MAX, report_arena(report)),
                                    report_number(report, w->count),
                                    lines_of(w->lines, w->ids[0] ? 0 : sizeof w->lines / sizeof w->lines[0], w->count,
                                             report_arena(report)),
                                    ids_of(w->ids, sizeof w->ids / sizeof w->ids[0], w->count, report_arena(report))});
    }
    report_table_end(report);
    return true;
}

void report_file_warnings(CleaningReport *cleaning)
{
    const CleaningWarning *warnings = NULL;
    size_t n = cleaning ? cleaning_report_warnings(cleaning, &warnings) : 0;
    for (size_t i = 0; i < n; i++)
        if (warnings[i].lines[0] == 0)
            log_attention("%s%s%s: %s", warnings[i].table, warnings[i].column ? "." : "",
                          warnings[i].column ? warnings[i].column : "", warnings[i].text);
}

/* The object has no place for them. */
static bool log_file_warnings(Report *report, void *ctx, Err *err)
{
    (void)report;
    (void)err;
    report_file_warnings(((SyncReport *)ctx)->result->cleaning);
    return true;
}

static void unmapped_line(Report *report, void *ctx, const char *const *row)
{
    (void)ctx;
    Cells cells = {0};
    cells_split(arena_str(report_arena(report), row[1]), &cells);
    report_part(report, STYLE_PLAIN, "  %s: ", row[0]);
    for (int h = 0; h < cells.n && h < HEADERS_SHOWN; h++)
        report_part(report, STYLE_PLAIN, "%s%s", h ? ", " : "", shortened(report, cells.items[h]));
    if (cells.n > HEADERS_SHOWN)
        report_part(report, STYLE_PLAIN, " and %s",
                    out_noun(cells.n - HEADERS_SHOWN, "other", "others", report_arena(report)));
    report_line_end(report);
    cells_free(&cells);
}

/* Not an error: lookups, formulas and notes that stay in Airtable. Listed, so that no column is missed. */
bool report_unmapped(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.heading = "table"}, {.heading = "headers", .type = CELL_LIST}};
    static const ReportTable table = {.title = "Unmapped headers", COLUMNS(columns), .line = unmapped_line};
    (void)err;
    const SyncReport *sync = ctx;
    report_table_begin(report, &table, NULL);
    for (int i = 0; !sync_is_hidden(report, sync) && i < sync->result->n_tables; i++) {
        const SyncTable *t = &sync->result->tables[i];
        Buf headers = {0};
        for (int h = 0; h < t->unmapped.n; h++)
            cells_add(&headers, t->unmapped.items[h]);
        if (t->unmapped.n)
            report_row(report, (const char *[]){t->table->name, headers.data});
        buf_free(&headers);
    }
    report_table_end(report);
    return true;
}

/* ---- the closing sentence ---- */

static void add_part(Buf *text, int64_t n, const char *what, Arena *arena)
{
    if (n)
        buf_printf(text, "%s%s %s", text->len ? ", " : "", out_count(n, arena), what);
}

static void write_rejected(Report *report, const TableCounts *sum)
{
    Arena *arena = report_arena(report);
    const char *were = out_noun(sum->rejected, "record was", "records were", arena);
    if (sum->rejected && sum->rejected == sum->new_rejects)
        report_part(report, STYLE_PLAIN, " %s rejected.", were);
    else if (sum->rejected)
        report_part(report, STYLE_PLAIN, " %s rejected, %s of them new.", were,
                    sum->new_rejects ? out_count(sum->new_rejects, arena) : "none");
    if (sum->not_found)
        report_part(report, STYLE_PLAIN, " %s not found.",
                    out_noun(sum->not_found, "record was", "records were", arena));
    if (sum->conflicts)
        report_part(report, STYLE_PLAIN, " %s to look at.", out_noun(sum->conflicts, "conflict", "conflicts", arena));
}

static bool write_closing(Report *report, void *ctx, Err *err)
{
    (void)err;
    const SyncReport *sync = ctx;
    const SyncResult *result = sync->result;
    if (sync_is_hidden(report, sync))
        return true;
    Arena *arena = report_arena(report);
    Buf parts = {0};
    TableCounts sum = counters_total(result);
    bool all_skipped = result->n_tables > 0;
    int64_t open_rejects = 0;
    for (int i = 0; i < result->n_tables; i++) {
        all_skipped = all_skipped && result->tables[i].skipped;
        open_rejects += result->tables[i].open_rejects;
    }
    add_part(&parts, sum.created, "created", arena);
    add_part(&parts, sum.updated, "updated", arena);
    add_part(&parts, sum.deactivated, "deactivated", arena);
    report_gap(report);
    if (all_skipped)
        report_part(report, STYLE_PLAIN, "Nothing changed: all files are as they were at the last sync.");
    else if (parts.len == 0)
        report_part(report, STYLE_PLAIN,
                    sum.rejected || sum.conflicts || sum.not_found
                        ? "Nothing changed."
                        : "Nothing changed: the database matches the export.");
    else if (result->dry_run)
        report_part(report, STYLE_PLAIN, "Dry run: nothing was written. A sync of this export: %s.", parts.data);
    else
        report_part(report, STYLE_PLAIN, "Done in %s: %s.", out_duration(result->duration_ms, arena), parts.data);
    write_rejected(report, &sum);
    report_line_end(report);
    if (open_rejects)
        report_line(report, "%s still rejected, of files that were not read; to see them: %s",
                    out_noun(open_rejects, "record is", "records are", arena), command_line(arena, "rejects"));
    buf_free(&parts);
    return true;
}

/* ---- in the order of JSON ---- */

#define SECTIONS                                                                                                       \
    {FOR_ALL, 2, report_run}, {FOR_ALL, 3, report_tables}, {FOR_PROGRAMS, 7, report_rejects},                          \
        {FOR_TERMINAL, 7, report_reject_groups}, {FOR_ALL, 8, report_conflicts}, {FOR_ALL, 8, report_not_found},       \
        {FOR_PEOPLE, 4, report_warnings}, {FOR_PEOPLE, 4, report_excel}, {FOR_ALL, 5, report_cleaning},                \
        {FOR_PEOPLE, 6, report_unmapped}, {FOR_PEOPLE, 9, write_closing}, {FOR_PROGRAMS, 9, log_excel},                \
    {                                                                                                                  \
        FOR_PROGRAMS, 9, log_file_warnings                                                                             \
    }

const ReportSection sync_sections[] = {SECTIONS, {0}};
const ReportSection diff_sections[] = {SECTIONS, {FOR_ALL, 1, report_changes}, {0}};

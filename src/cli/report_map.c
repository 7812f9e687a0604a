/* report_map.c - what `artsync map` tells: each change, what has no row on either side, how many of each field. */
#include <stdlib.h>

#include "artsync/cells.h"
#include "map.h"

enum { VALUE_MAX = 60, ID_MAX = 60, ID_WIDTH_MAX = 24, FIELDS_MAX = 500, NOT_FOUND_SHOWN = 10 };

static bool is_hidden(const Report *report, const SyncReport *sync)
{
    return sync->failed && report_for(report) != FOR_PROGRAMS;
}

/* NULL and '' are two values here. */
static const char *shown(Report *report, const char *text)
{
    return !text ? "NULL" : !*text ? "''" : out_safe(text, VALUE_MAX, report_arena(report));
}

static bool write_heading(Report *report, void *ctx, Err *err)
{
    (void)err;
    const MapReport *map = ctx;
    const SyncResult *result = map->sync.result;
    if (is_hidden(report, &map->sync))
        return true;
    const Table *table = result->tables[0].table;
    report_gap(report);
    report_line(report, "%s%s: %s.%s, from %s to database %s", result->dry_run ? "Dry run" : "Run ",
                result->dry_run ? "" : out_short_id(result->sync_id, report_arena(report)), table->schema, table->name,
                table->from.name, pg_database(map->sync.cli->pg));
    report_gap(report);
    return true;
}

/* ---- the changes ---- */

typedef struct Lines {
    Report *report;
    int64_t left; /* < 0: no limit */
    int width;    /* of the ids */
} Lines;

static bool widen(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Lines *lines = ctx;
    int width = (int)strlen(cells[CHANGE_ID]);
    if (width <= ID_WIDTH_MAX && width > lines->width)
        lines->width = width;
    return true;
}

static bool write_change(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Lines *lines = ctx;
    Cells columns = {0};
    const char *id = out_safe(cells[CHANGE_ID], ID_MAX, report_arena(lines->report));
    cells_split(arena_str(report_arena(lines->report), cells[CHANGE_COLUMNS]), &columns);
    for (int i = 0; i + 2 < columns.n && lines->left != 0; i += 3) {
        report_line(lines->report, "%-*s  %s %s \u2192 %s", lines->width, id, columns.items[i],
                    shown(lines->report, columns.items[i + 1]), shown(lines->report, columns.items[i + 2]));
        lines->left -= lines->left > 0;
    }
    cells_free(&columns);
    return true;
}

/* How many values of each field differ. */
typedef struct Field {
    const char *name;
    int64_t n;
} Field;

typedef struct Fields {
    Field items[FIELDS_MAX];
    int n;
    int64_t all;
    Arena arena;
} Fields;

static bool count_change(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Fields *fields = ctx;
    Cells columns = {0};
    char *copy = mem_dup(cells[CHANGE_COLUMNS]);
    cells_split(copy, &columns);
    for (int i = 0; i + 2 < columns.n; i += 3) {
        int f = 0;
        while (f < fields->n && strcmp(fields->items[f].name, columns.items[i]) != 0)
            f++;
        if (f == fields->n && f < FIELDS_MAX)
            fields->items[fields->n++] = (Field){arena_str(&fields->arena, columns.items[i]), 0};
        if (f < FIELDS_MAX)
            fields->items[f].n++;
        fields->all++;
    }
    cells_free(&columns);
    free(copy);
    return true;
}

static bool count_fields(const MapReport *map, Fields *fields, Err *err)
{
    return spool_each(map->sync.result->changes, count_change, fields, err);
}

static bool write_changes(Report *report, void *ctx, Err *err)
{
    const MapReport *map = ctx;
    if (is_hidden(report, &map->sync))
        return true;
    Fields *fields = mem_alloc(sizeof *fields);
    Lines lines = {.report = report, .left = map->sync.limit > 0 ? map->sync.limit : -1};
    bool ok = spool_each(map->sync.result->changes, widen, &lines, err) &&
              spool_each(map->sync.result->changes, write_change, &lines, err) && count_fields(map, fields, err);
    if (ok && map->sync.limit > 0 && fields->all > map->sync.limit)
        report_line(report, "... and %s; --limit 0 prints all",
                    out_noun(fields->all - map->sync.limit, "other change", "other changes", report_arena(report)));
    arena_free(&fields->arena);
    free(fields);
    return ok;
}

/* ---- what has no row ---- */

static void unfound_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    report_line(report, "  %s", out_safe(cells[UNFOUND_ID], ID_MAX, report_arena(report)));
}

static bool write_not_found(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[UNFOUND_CELLS] = {{.key = "table", .heading = "table"},
                                                        {.key = "id", .heading = "id"}};
    static const ReportTable table = {.key = "not_found",
                                      .title = "Not found in the target",
                                      COLUMNS(columns),
                                      .line = unfound_line,
                                      .shown = NOT_FOUND_SHOWN,
                                      .one = "other",
                                      .many = "others",
                                      .see = "; --json lists all"};
    const MapReport *map = ctx;
    return is_hidden(report, &map->sync) || report_spool(report, &table, NULL, map->sync.result->not_found, err);
}

/* ---- the numbers ---- */

static bool write_fields(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.key = "table"}, {.key = "column"}, {.key = "differing", .type = CELL_COUNT}};
    static const ReportTable table = {.key = "fields", COLUMNS(columns)};
    const MapReport *map = ctx;
    Fields *fields = mem_alloc(sizeof *fields);
    bool ok = count_fields(map, fields, err);
    report_table_begin(report, &table, NULL);
    for (int i = 0; ok && i < fields->n; i++)
        report_row(report, (const char *[]){map->sync.cli->base->tables[0].name, fields->items[i].name,
                                            report_number(report, fields->items[i].n)});
    report_table_end(report);
    arena_free(&fields->arena);
    free(fields);
    return ok;
}

static bool write_closing(Report *report, void *ctx, Err *err)
{
    const MapReport *map = ctx;
    const SyncResult *result = map->sync.result;
    if (is_hidden(report, &map->sync))
        return true;
    Arena *arena = report_arena(report);
    const SyncTable *t = &result->tables[0];
    Fields *fields = mem_alloc(sizeof *fields);
    bool ok = count_fields(map, fields, err);
    report_gap(report);
    report_line(report, "%s matched, %s differing, %s not found in the target, %s only in the target.",
                out_noun(t->matched, "row", "rows", arena), out_count(t->counts.updated, arena),
                out_count(t->counts.not_found, arena), out_count(t->rows_without_record, arena));
    for (int i = 0; i < fields->n; i++)
        report_line(report, "  %s: %s", fields->items[i].name, out_noun(fields->items[i].n, "value", "values", arena));
    if (t->counts.rejected)
        report_line(report, "%s rejected.", out_noun(t->counts.rejected, "row was", "rows were", arena));
    if (result->dry_run)
        report_line(report, t->counts.updated ? "Dry run: nothing was written. To write these changes: --apply"
                                              : "Dry run: there is nothing to write.");
    else
        report_line(report, "Written in %s. %s%s", out_duration(result->duration_ms, arena),
                    t->counts.updated ? "To undo it, with DATABASE_URL for the target: artsync rollback "
                                      : "There is nothing to undo.",
                    t->counts.updated ? out_short_id(result->sync_id, arena) : "");
    arena_free(&fields->arena);
    free(fields);
    return ok;
}

const ReportSection map_sections[] = {{FOR_PROGRAMS, 1, report_run},
                                      {FOR_TERMINAL | FOR_PAGE, 1, write_heading},
                                      {FOR_PROGRAMS, 2, report_tables},
                                      {FOR_PROGRAMS, 3, write_fields},
                                      {FOR_PROGRAMS, 4, report_rejects},
                                      {FOR_ALL, 4, write_not_found},
                                      {FOR_PROGRAMS, 5, report_conflicts},
                                      {FOR_PROGRAMS, 5, report_cleaning},
                                      {FOR_PROGRAMS, 6, report_changes},
                                      {FOR_PEOPLE, 2, write_changes},
                                      {FOR_TERMINAL, 5, report_reject_groups},
                                      {FOR_PEOPLE, 6, write_closing},
                                      {0}};

/* changes.c - single changes as people read them: whose record, then column by column from what to what. */
#include <stdlib.h>

#include "artsync/cells.h"
#include "plan_reports.h"
#include "report_sync.h"

enum { PAGE = 500, PAGE_BYTES = 4 * 1024 * 1024, VALUE_MAX = 70, NAME_MAX_CHARS = 60 };

const char *change_name(const Table *table, const char *columns, Arena *arena)
{
    const char *name = NULL;
    Cells cells = {0};
    if (!table || table->name_column < 0)
        return NULL;
    cells_split(arena_str(arena, columns), &cells);
    for (int i = 0; i + 2 < cells.n; i += 3)
        if (strcmp(cells.items[i], table->columns[table->name_column].name) == 0)
            name = cells.items[i + 2] ? cells.items[i + 2] : cells.items[i + 1];
    cells_free(&cells);
    return name;
}

Style change_style(const char *action)
{
    return strcmp(action, "created") == 0 || strcmp(action, "reactivated") == 0   ? STYLE_GOOD
           : strcmp(action, "deactivated") == 0 || strcmp(action, "deleted") == 0 ? STYLE_WARN
                                                                                    : STYLE_PLAIN;
}

static const char *shown(const char *text, Arena *arena) { return text ? out_safe(text, VALUE_MAX, arena) : "(empty)"; }

void change_lines(Report *report, const char *table, const char *id, const char *name, const char *action,
                  const char *columns)
{
    Arena *arena = report_arena(report);
    Cells cells = {0};
    bool created = strcmp(action, "created") == 0, updated = strcmp(action, "updated") == 0;
    report_part(report, STYLE_BOLD, "%s %s", table, out_safe(id, NAME_MAX_CHARS, arena));
    report_line(report, "%s%s%s%s%s", name ? " " : "", name ? out_safe(name, NAME_MAX_CHARS, arena) : "",
                updated ? "" : " (", updated ? "" : action, updated ? "" : ")");
    cells_split(arena_str(arena, columns), &cells);
    for (int i = 0; i + 2 < cells.n; i += 3) {
        const char *from = cells.items[i + 1], *to = cells.items[i + 2];
        if (created && !from && !to)
            continue; /* of a new row only what it holds */
        report_line(report, "  %s: %s%s%s", cells.items[i], created ? "" : shown(from, arena), created ? "" : " -> ",
                    shown(to, arena));
    }
    cells_free(&cells);
}

/* ---- a diff's changes, page by page ---- */

typedef struct Page {
    Report *report;
    Cli *cli;
    int64_t left; /* < 0: no limit */
    const char *items[PAGE][CHANGE_CELLS];
    int n;
    Arena arena; /* of items */
} Page;

typedef struct NamedRow {
    const char *id, *name;
} NamedRow;

static int by_id(const void *a, const void *b) { return strcmp(((const NamedRow *)a)->id, ((const NamedRow *)b)->id); }

/* The names of the page's rows of one table, sorted by id; the strings live in `rows`. */
static bool look_up(Page *page, const Table *table, NamedRow *names, int *n, PgRows **rows, Err *err)
{
    const char *ids[PAGE];
    int n_ids = 0;
    for (int i = 0; i < page->n; i++)
        if (strcmp(page->items[i][CHANGE_TABLE], table->name) == 0)
            ids[n_ids++] = page->items[i][CHANGE_ID];
    if (n_ids == 0 || table->name_column < 0 || report_for(page->report) == FOR_PROGRAMS)
        return true;
    Buf sql = {0}, array = {0};
    plan_row_names(&sql, table);
    sql_array(&array, ids, n_ids);
    bool ok = pg_query(page->cli->pg, sql.data, 1, (const char *[]){array.data}, rows, err);
    buf_free(&sql);
    buf_free(&array);
    for (int r = 0; ok && r < pg_count(*rows) && *n < PAGE; r++)
        names[(*n)++] = (NamedRow){pg_get(*rows, r, 0), pg_get(*rows, r, 1)};
    qsort(names, (size_t)*n, sizeof *names, by_id);
    return ok;
}

static void write_changes_of(Page *page, const Table *table, const NamedRow *names, int n)
{
    for (int i = 0; i < page->n; i++) {
        const char *const *item = page->items[i];
        if (strcmp(item[CHANGE_TABLE], table->name) != 0)
            continue;
        NamedRow key = {item[CHANGE_ID], NULL};
        const NamedRow *found = n ? bsearch(&key, names, (size_t)n, sizeof *names, by_id) : NULL;
        report_row(page->report,
                   (const char *[]){item[CHANGE_TABLE], item[CHANGE_ID],
                                    found ? found->name : change_name(table, item[CHANGE_COLUMNS], &page->arena),
                                    item[CHANGE_ACTION], item[CHANGE_COLUMNS]});
    }
}

/* A spool comes table by table, so a page holds few tables and prints them in their order. */
static bool write_page(Page *page, Err *err)
{
    bool ok = true;
    const Base *base = page->cli->base;
    for (int t = 0; ok && t < base->n_tables; t++) {
        NamedRow names[PAGE];
        int n = 0;
        PgRows *rows = NULL;
        ok = look_up(page, &base->tables[t], names, &n, &rows, err);
        if (ok)
            write_changes_of(page, &base->tables[t], names, n);
        pg_rows_free(rows);
    }
    page->n = 0;
    arena_reset(&page->arena);
    return ok;
}

static bool add_change(void *ctx, const char *const *cells, int n, Err *err)
{
    Page *page = ctx;
    if (page->left == 0)
        return true;
    if (report_left(page->report) == 0) {
        report_leave_out(page->report, 1);
        return true;
    }
    if (page->left > 0)
        page->left--;
    for (int i = 0; i < n && i < CHANGE_CELLS; i++)
        page->items[page->n][i] = cells[i] ? arena_str(&page->arena, cells[i]) : NULL;
    page->n++;
    return (page->n < PAGE && page->arena.used < PAGE_BYTES) || write_page(page, err);
}

static void change_row(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    change_lines(report, cells[0], cells[1], cells[2], cells[3], cells[4]);
}

bool report_changes(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.key = "table", .heading = "table", .style = STYLE_BOLD},
        {.key = "id", .heading = "id", .style = STYLE_DIM},
        {.heading = "name"},
        {.key = "action", .heading = "action", .style_of = change_style},
        {.key = "columns", .heading = "changes", .type = CELL_CHANGES},
    };
    static const ReportTable table = {.key = "changes", COLUMNS(columns), .line = change_row};
    const SyncReport *sync = ctx;
    if (sync->failed && report_for(report) != FOR_PROGRAMS)
        return true;
    Page *page = mem_alloc(sizeof *page);
    *page = (Page){.report = report, .cli = sync->cli, .left = sync->limit > 0 ? sync->limit : -1};
    int64_t all = spool_count(sync->result->changes);
    report_table_begin(report, &table, NULL);
    bool ok = (all == 0 || spool_each(sync->result->changes, add_change, page, err)) && write_page(page, err);
    arena_free(&page->arena);
    free(page);
    if (!ok)
        return false;
    report_table_end(report);
    if (sync->limit > 0 && all > sync->limit)
        report_line(report, "... and %s; --limit 0 prints all",
                    out_noun(all - sync->limit, "other record", "other records", report_arena(report)));
    return true;
}

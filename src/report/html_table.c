/* html_table.c - tables, lists of entries and charts of a page, row by row. */
#include "artsync/out.h"
#include "html.h"

/* ---- tables ---- */

static bool is_empty(const char *cell) { return !cell || !*cell || strcmp(cell, "0") == 0; }

/* Has the column a heading, and a value in the rows that were kept, if that is asked of it? */
static bool is_shown(const PageState *state, const ReportTable *table, int c)
{
    const ReportColumn *column = &table->columns[c];
    if (!column->heading || !(column->flags & WHERE_FILLED) || state->n_kept == 0)
        return column->heading;
    for (int r = 0; r < state->n_kept; r++)
        if (!is_empty(state->kept[r * table->n_columns + c]))
            return true;
    return false;
}

static Shape shape_of(const ReportTable *table)
{
    if (html_has_charts(table))
        return SHAPE_CHARTS;
    for (int i = 0; i < table->n_columns; i++)
        if (table->columns[i].type == CELL_CHANGES)
            return SHAPE_ENTRIES;
    return form_has_headings(table) ? SHAPE_TABLE : SHAPE_NONE;
}

/* Roles are named, since a narrow screen lays the rows out as blocks. */
static void write_head(Report *report, const ReportTable *table)
{
    uint64_t shown = ((PageState *)report->state)->shown;
    fputs("<table role=table>\n<thead role=rowgroup><tr role=row>", report->out);
    for (int c = 0; c < table->n_columns; c++) {
        const ReportColumn *column = &table->columns[c];
        if (!(shown >> c & 1))
            continue;
        const char *name = *column->heading ? "th role=columnheader scope=col" : "td role=cell";
        fprintf(report->out, "<%s%s>", name, column->flags & AT_RIGHT ? " class=right" : "");
        html_text(report->out, column->heading, CELL_SHOWN);
        fprintf(report->out, "</%.2s>", name);
    }
    fputs("</tr></thead>\n<tbody role=rowgroup>\n", report->out);
}

static void write_row(Report *report, const ReportTable *table, const char *const *cells)
{
    uint64_t shown = ((PageState *)report->state)->shown;
    fputs("<tr role=row>", report->out);
    for (int c = 0; c < table->n_columns; c++) {
        const ReportColumn *column = &table->columns[c];
        if (!(shown >> c & 1))
            continue;
        fprintf(report->out, "<td role=cell%s data-label=\"", column->flags & AT_RIGHT ? " class=right" : "");
        html_text(report->out, column->heading, CELL_SHOWN);
        fputs("\">", report->out);
        html_cell(report, column, cells[c]);
        fputs("</td>", report->out);
    }
    fputs("</tr>\n", report->out);
}

/* What begins a table, and the rows that waited for it. */
static void open_table(Report *report, const ReportTable *table)
{
    PageState *state = report->state;
    if (state->written)
        return;
    state->shown = 0;
    for (int c = 0; c < table->n_columns && c < 64; c++)
        state->shown |= (uint64_t)is_shown(state, table, c) << c;
    if (table->title)
        page_heading(report, table->title);
    page_end_block(report);
    if (state->shape == SHAPE_TABLE)
        write_head(report, table);
    else if (state->shape == SHAPE_ENTRIES)
        fputs("<ul class=entries>\n", report->out);
    state->written = true;
    for (int r = 0; r < state->n_kept; r++)
        write_row(report, table, state->kept + (ptrdiff_t)r * table->n_columns);
    state->n_kept = 0;
    arena_reset(&state->arena);
}

void html_table_begin(Report *report, const ReportTable *table)
{
    PageState *state = report->state;
    if (form_is_nested(report))
        return;
    page_begin(report);
    state->shape = shape_of(table);
    state->written = false;
    state->rows = state->more = 0;
    state->n_kept = 0;
    state->charts.n = 0;
}

int64_t html_left(Report *report)
{
    const PageState *state = report->state;
    return state->bytes >= BYTES_SHOWN || state->rows >= ROWS_SHOWN ? 0 : ROWS_SHOWN - state->rows;
}

void html_leave_out(Report *report, int64_t n) { ((PageState *)report->state)->more += n; }

static bool has_optional(const ReportTable *table)
{
    for (int c = 0; c < table->n_columns; c++)
        if (table->columns[c].heading && table->columns[c].flags & WHERE_FILLED)
            return true;
    return false;
}

static void keep_row(PageState *state, const ReportTable *table, const char *const *cells)
{
    for (int c = 0; c < table->n_columns; c++) {
        int n = state->n_kept * table->n_columns + c;
        while (n >= state->cap_kept)
            state->kept = mem_grow(state->kept, (size_t)(state->cap_kept = state->cap_kept ? 2 * state->cap_kept : 64),
                                   sizeof *state->kept);
        state->kept[n] = cells[c] ? arena_str(&state->arena, cells[c]) : NULL;
    }
    state->n_kept++;
}

void html_row_begin(Report *report, const ReportTable *table, const char *const *cells)
{
    PageState *state = report->state;
    if (form_is_nested(report) || state->shape == SHAPE_NONE || (table->skip && table->skip(cells)))
        return;
    if (html_left(report) == 0) {
        state->more++;
        return;
    }
    state->rows++;
    if (state->shape == SHAPE_CHARTS)
        html_charts_add(&state->charts, table, cells);
    else if (state->shape == SHAPE_ENTRIES) {
        open_table(report, table);
        html_entry(report, table, cells);
    } else if (!state->written && state->n_kept < ROWS_KEPT && has_optional(table))
        keep_row(state, table, cells);
    else {
        open_table(report, table);
        write_row(report, table, cells);
    }
}

static void write_charts(Report *report, const ReportTable *table)
{
    const PageState *state = report->state;
    if (table->title)
        page_heading(report, table->title);
    page_end_block(report);
    html_charts_write(report->out, &state->charts, table);
}

void html_table_end(Report *report, const ReportTable *table)
{
    PageState *state = report->state;
    if (form_is_nested(report) || state->shape == SHAPE_NONE)
        return;
    if (state->shape == SHAPE_CHARTS)
        write_charts(report, table);
    else if (state->rows > 0)
        open_table(report, table);
    if (state->written)
        fputs(state->shape == SHAPE_TABLE ? "</tbody>\n</table>\n" : "</ul>\n", report->out);
    if (state->more > 0)
        fprintf(report->out, "<p class=more>%s left out: this page shows the first %s.</p>\n",
                out_noun(state->more, "more is", "more are", &report->arena), out_count(state->rows, &report->arena));
    arena_reset(&state->arena);
    state->written = false;
}

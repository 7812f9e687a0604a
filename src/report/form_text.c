/* form_text.c - the report for a terminal: aligned tables, lines, headings; the first rows of long lists. */
#include <stdlib.h>

#include "artsync/out.h"
#include "form.h"

typedef struct State {
    TextTable *table; /* the one whose rows are collected, or NULL */
    Arena arena;      /* its cells */
    int64_t lines;    /* of the list or table that is open */
    bool written;     /* something was written before */
    bool blank;       /* ... and it ends with a blank line */
    bool inside;      /* a line has begun */
    Line line;        /* which one */
} State;

static void begin(Report *report) { report->state = mem_alloc(sizeof(State)); }

static void end(Report *report, const Err *failed)
{
    (void)failed; /* it goes to stderr */
    State *state = report->state;
    text_table_free(state->table);
    arena_free(&state->arena);
    free(state);
}

/* ---- lines ---- */

static void text(Report *report, Style style, const char *part)
{
    State *state = report->state;
    if (!state->inside)
        state->line = line_begin(report->out);
    line_print(report->out, &state->line, style, part);
    state->written = state->inside = true;
    state->blank = false;
}

static void line_end(Report *report)
{
    State *state = report->state;
    fputc('\n', report->out);
    state->blank = state->written && !state->inside;
    state->inside = false;
    state->written = true;
}

static void gap(Report *report)
{
    State *state = report->state;
    if (state->written && !state->blank)
        line_end(report);
}

static void heading(Report *report, const char *title)
{
    gap(report);
    text(report, STYLE_BOLD, title);
    line_end(report);
}

static void verbatim(Report *report, const char *block)
{
    State *state = report->state;
    fputs(block, report->out);
    state->written = state->written || *block;
    state->blank = false;
}

/* ---- tables ---- */

static void table_begin(Report *report, const ReportTable *table)
{
    State *state = report->state;
    if (form_is_nested(report))
        return;
    state->lines = 0;
    if (table->line || !form_has_headings(table))
        return;
    state->table = text_table_new();
    for (int i = 0; i < table->n_columns; i++) {
        const ReportColumn *column = &table->columns[i];
        const char *heading = column->heading;
        /* a duration has one width up to a minute, so that columns keep their place */
        if (heading && column->type == CELL_DURATION)
            heading = arena_printf(&state->arena, "%6s", heading);
        if (heading)
            text_table_column(state->table, heading,
                              (column->flags & AT_RIGHT ? COLUMN_RIGHT : COLUMN_LEFT) |
                                  (column->flags & WHERE_FILLED ? COLUMN_OPTIONAL : 0));
    }
}

static void add_row(State *state, const ReportTable *table, const char *const *cells)
{
    for (int i = 0; i < table->n_columns; i++) {
        const ReportColumn *column = &table->columns[i];
        if (!column->heading)
            continue;
        bool none = column->type == CELL_COUNT && (!cells[i] || strcmp(cells[i], "0") == 0);
        Style style = column->style_of && cells[i] ? column->style_of(cells[i]) : none ? STYLE_PLAIN : column->style;
        text_table_cell(state->table, style, cell_words(column, cells[i], &state->arena));
    }
    text_table_row(state->table);
}

static void row_begin(Report *report, const ReportTable *table, const char *const *cells)
{
    State *state = report->state;
    if (form_is_nested(report) || (table->skip && table->skip(cells)))
        return;
    if (state->table)
        add_row(state, table, cells);
    if (!table->line) {
        state->lines++;
        return;
    }
    if (state->lines == 0 && table->title)
        heading(report, table->title);
    if (!table->shown || state->lines < table->shown)
        table->line(report, report->tables[0].ctx, cells);
    state->lines++;
}

static void print_table(Report *report, const ReportTable *table)
{
    State *state = report->state;
    if (table->title)
        heading(report, table->title);
    text_table_print(state->table, report->out);
    arena_reset(&state->arena);
    state->written = true;
    state->blank = false;
}

static void table_end(Report *report, const ReportTable *table)
{
    State *state = report->state;
    if (form_is_nested(report))
        return;
    if (state->table) {
        if (state->lines > 0)
            print_table(report, table);
        text_table_free(state->table);
        state->table = NULL;
    } else if (table->shown && state->lines > table->shown) {
        out_print(report->out, "  and %s%s\n",
                  out_noun(state->lines - table->shown, table->one, table->many, &state->arena),
                  table->see ? table->see : "");
    }
}

const ReportForm report_form_text = {
    .name = "text",
    .audience = FOR_TERMINAL,
    .begin = begin,
    .end = end,
    .table_begin = table_begin,
    .row_begin = row_begin,
    .table_end = table_end,
    .lines = {.heading = heading, .text = text, .end = line_end, .gap = gap, .verbatim = verbatim},
};

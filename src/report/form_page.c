/* form_page.c - the report as one HTML page that needs nothing else: no script, font or picture, from nowhere.
 *
 * The first heading is the page's title; each further heading, and the title of a table, begins a section. Fields with
 * a label are facts, counts among them tiles. A table with a column of changes is a list of entries, one with PLOTTED
 * columns is charts; every other table is a table, whose rows become blocks where the screen is narrow. Rows are
 * written at once, but for the few of a table with a column that is left out where it is empty.
 */
#include <stdlib.h>

#include "html.h"

/* ---- the page ---- */

static void begin(Report *report) { report->state = mem_alloc(sizeof(PageState)); }

static void begin_block(Report *report, Block block)
{
    static const char *const starts[] = {"", "<p>", "<dl class=facts>\n", "<dl class=tiles>\n"};
    PageState *state = report->state;
    if (state->block == block)
        return;
    page_begin(report);
    page_end_block(report);
    fputs(starts[block], report->out);
    state->block = block;
}

static void end(Report *report, const Err *failed)
{
    PageState *state = report->state;
    (void)failed;
    page_begin(report);
    page_end_block(report);
    fputs(state->in_section ? "</section>\n</main>\n</body>\n</html>\n" : "</main>\n</body>\n</html>\n", report->out);
    arena_free(&state->arena);
    arena_free(&state->charts.arena);
    free(state->kept);
    free(state);
}

/* ---- lines and fields ---- */

static void text(Report *report, Style style, const char *part)
{
    const PageState *state = report->state;
    bool first = state->block != BLOCK_LINE;
    begin_block(report, BLOCK_LINE);
    while (first && *part == ' ')
        part++; /* a terminal's indentation */
    const char *element = style == STYLE_COMMAND ? "code" : "span";
    if (style != STYLE_PLAIN)
        fprintf(report->out, "<%s class=%s>", element, html_classes[style]);
    html_text(report->out, part, LINE_SHOWN);
    if (style != STYLE_PLAIN)
        fprintf(report->out, "</%s>", element);
}

static void line_end(Report *report)
{
    if (((PageState *)report->state)->block == BLOCK_LINE)
        page_end_block(report);
}

static void field(Report *report, const char *key, const char *label, CellType type, const char *cell)
{
    (void)key;
    if (!label || report->depth > 0) /* inside a row only programs find more */
        return;
    const ReportColumn column = {.type = type};
    bool tile = type == CELL_COUNT;
    begin_block(report, tile ? BLOCK_TILES : BLOCK_FACTS);
    fprintf(report->out, "<div%s><dt>", tile && cell && strcmp(cell, "0") == 0 ? " class=zero" : "");
    html_text(report->out, label, CELL_SHOWN);
    fputs("</dt><dd><bdi>", report->out);
    html_text(report->out, cell_words(&column, cell, &report->arena), CELL_SHOWN);
    fputs("</bdi></dd></div>\n", report->out);
}

const ReportForm report_form_page = {
    .name = "page",
    .audience = FOR_PAGE,
    .begin = begin,
    .end = end,
    .field = field,
    .table_begin = html_table_begin,
    .row_begin = html_row_begin,
    .table_end = html_table_end,
    .lines = {.heading = page_heading, .text = text, .end = line_end},
    .left = html_left,
    .leave_out = html_leave_out,
};

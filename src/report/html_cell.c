/* html_cell.c - values on a page: cells by their type and style, what changed as old and new. */
#include "artsync/cells.h"
#include "html.h"

const char *const html_classes[] = {[STYLE_BOLD] = "strong", [STYLE_DIM] = "dim",      [STYLE_GOOD] = "good",
                                      [STYLE_WARN] = "warn",   [STYLE_BAD] = "bad",      [STYLE_COMMAND] = "command"};

/* ---- cells ---- */

static void write_value(Report *report, const char *element, const char *value)
{
    ((PageState *)report->state)->bytes += strnlen(value, 4 * CELL_SHOWN);
    fprintf(report->out, "<%s>", element);
    html_text(report->out, value, CELL_SHOWN);
    fprintf(report->out, "</%s>", element);
}

static void write_list(Report *report, const char *packed)
{
    Cells cells = {0};
    cells_split(arena_str(&report->arena, packed), &cells);
    fputs(cells.n ? "<ul>" : "", report->out);
    for (int i = 0; i < cells.n; i++) {
        fputs("<li>", report->out);
        write_value(report, "bdi", cells.items[i] ? cells.items[i] : "");
    }
    fputs(cells.n ? "</ul>" : "", report->out);
    cells_free(&cells);
}

static Style style_of(const ReportColumn *column, const char *cell)
{
    bool none = !cell || (column->type == CELL_COUNT && strcmp(cell, "0") == 0);
    return none ? STYLE_DIM : column->style_of ? column->style_of(cell) : column->style;
}

void html_cell(Report *report, const ReportColumn *column, const char *cell)
{
    Style style = style_of(column, cell);
    if (column->type == CELL_LIST && cell) {
        write_list(report, cell);
        return;
    }
    const char *words = cell_words(column, cell, &report->arena);
    if (!*words)
        return;
    const char *class = html_classes[style], *tag = column->style_of ? "tag" : "";
    if (class || *tag)
        fprintf(report->out, "<span class=\"%s%s%s\">", tag, *tag && class ? " " : "", class ? class : "");
    write_value(report, "bdi", words);
    if (class || *tag)
        fputs("</span>", report->out);
}

/* ---- entries: what changed, column by column ---- */

static void write_side(Report *report, const char *element, const char *value)
{
    if (value)
        write_value(report, element, value);
    else
        fputs("<span class=dim>(empty)</span>", report->out);
}

/* Of a row that is new only what it has, of one that is gone only what it had. */
static void write_changes(Report *report, const char *packed)
{
    Cells cells = {0};
    bool from = false, to = false;
    cells_split(arena_str(&report->arena, packed), &cells);
    for (int i = 0; i + 2 < cells.n; i += 3) {
        from = from || cells.items[i + 1];
        to = to || cells.items[i + 2];
    }
    bool both = from && to;
    fputs(from || to ? "<dl class=changes>" : "", report->out);
    for (int i = 0; i + 2 < cells.n; i += 3) {
        const char *old = cells.items[i + 1], *new = cells.items[i + 2];
        if (!both && !old && !new)
            continue;
        fputs("<div><dt>", report->out);
        html_text(report->out, cells.items[i], CELL_SHOWN);
        fputs("</dt><dd>", report->out);
        if (both || from)
            write_side(report, "del", old);
        fputs(both ? " <span class=arrow>&rarr;</span> " : "", report->out);
        if (both || to)
            write_side(report, "ins", new);
        fputs("</dd></div>", report->out);
    }
    fputs(from || to ? "</dl>" : "", report->out);
    cells_free(&cells);
}

void html_entry(Report *report, const ReportTable *table, const char *const *cells)
{
    fputs("<li><div class=who>", report->out);
    for (int i = 0; i < table->n_columns; i++) {
        const ReportColumn *column = &table->columns[i];
        if (!column->heading || !cells[i] || column->type == CELL_CHANGES)
            continue;
        fputs(" ", report->out);
        html_cell(report, column, cells[i]);
    }
    fputs("</div>", report->out);
    for (int i = 0; i < table->n_columns; i++)
        if (table->columns[i].type == CELL_CHANGES && cells[i])
            write_changes(report, cells[i]);
    fputs("</li>\n", report->out);
}

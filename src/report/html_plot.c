/* html_plot.c - charts of a page: a figure each, with its numbers in words; SVG in the page itself, shapes only, so
 * that the texts keep their size on every screen. */
#include <stdlib.h>

#include "artsync/out.h"
#include "html.h"

enum { HEIGHT = 100, STEP = 10 }; /* in the drawing's own units */

bool html_has_charts(const ReportTable *table)
{
    for (int i = 0; i < table->n_columns; i++)
        if (table->columns[i].flags & (PLOTTED | PLOTTED_LINE))
            return true;
    return false;
}

/* The column of the chart, or NULL. */
static const ReportColumn *column_of(const ReportTable *table, int chart, int *column)
{
    for (int i = 0; i < table->n_columns; i++)
        if ((table->columns[i].flags & (PLOTTED | PLOTTED_LINE)) && chart-- == 0) {
            *column = i;
            return &table->columns[i];
        }
    return NULL;
}

void html_charts_add(Charts *charts, const ReportTable *table, const char *const *cells)
{
    int column;
    if (charts->n == CHART_POINTS)
        return;
    charts->labels[charts->n] = arena_str(&charts->arena, cells[0] ? cells[0] : "");
    for (int c = 0; c < CHARTS && column_of(table, c, &column); c++)
        charts->values[c][charts->n] = cells[column] ? strtoll(cells[column], NULL, 10) : -1;
    charts->n++;
}

typedef struct Extremes {
    int64_t least, most;
    int at, last; /* where the most is; the last point that has a value; -1: none */
} Extremes;

static Extremes extremes_of(const Charts *charts, int chart)
{
    Extremes e = {.at = -1, .last = -1};
    for (int i = 0; i < charts->n; i++) {
        int64_t value = charts->values[chart][i];
        if (value < 0)
            continue;
        e.least = e.at < 0 || value < e.least ? value : e.least;
        if (e.at < 0 || value > e.most) {
            e.most = value;
            e.at = i;
        }
        e.last = i;
    }
    return e;
}

static const char *words(const ReportColumn *column, int64_t value, Arena *arena)
{
    return column->type == CELL_DURATION ? out_duration(value, arena) : out_count(value, arena);
}

static void write_tip(FILE *out, const Charts *charts, const ReportColumn *column, int chart, int i, Arena *arena)
{
    fputs("<title>", out);
    html_text(out, charts->labels[i], 40);
    fprintf(out, ": %s</title>", words(column, charts->values[chart][i], arena));
}

static void write_bars(FILE *out, const Charts *charts, const ReportColumn *column, int chart, int64_t most,
                       Arena *arena)
{
    for (int i = 0; i < charts->n; i++) {
        int64_t value = charts->values[chart][i];
        if (value <= 0)
            continue;
        double height = (double)value * HEIGHT / (double)most;
        height = height < 2 ? 2 : height; /* the smallest is seen, too */
        fprintf(out, "<rect x=%d y=%.1f width=%d height=%.1f>", i * STEP + 1, HEIGHT - height, STEP - 2, height);
        write_tip(out, charts, column, chart, i, arena);
        fputs("</rect>", out);
    }
}

/* A line through the points that have a value; its scale begins at 0. */
static void write_line(FILE *out, const Charts *charts, int chart, int64_t most)
{
    fputs("<polyline points=\"", out);
    for (int i = 0; i < charts->n; i++)
        if (charts->values[chart][i] >= 0)
            fprintf(out, "%d,%.1f ", i * STEP + STEP / 2,
                    HEIGHT - (most ? (double)charts->values[chart][i] * (HEIGHT - 4) / (double)most : 0));
    fputs("\"/>", out);
}

static void write_drawing(FILE *out, const Charts *charts, const ReportColumn *column, int chart, const Extremes *e,
                          Arena *arena)
{
    fputs("<svg role=img preserveAspectRatio=none aria-label=\"", out);
    html_text(out, column->heading, 60);
    fputs(" from ", out);
    html_text(out, charts->labels[0], 40);
    fputs(" to ", out);
    html_text(out, charts->labels[charts->n - 1], 40);
    if (e->at >= 0)
        fprintf(out, ", at most %s", words(column, e->most, arena));
    fprintf(out, "\" viewBox=\"0 0 %d %d\">", charts->n * STEP, HEIGHT);
    fprintf(out, "<path class=grid d=\"M0 %d H%d M0 .5 H%d\"/>", HEIGHT, charts->n * STEP, charts->n * STEP);
    if (e->at >= 0 && column->flags & PLOTTED_LINE)
        write_line(out, charts, chart, e->most);
    else if (e->most > 0)
        write_bars(out, charts, column, chart, e->most, arena);
    fputs("</svg>", out);
}

static void write_caption(FILE *out, const Charts *charts, const ReportColumn *column, int chart, const Extremes *e,
                          Arena *arena)
{
    fputs("<figcaption><b>", out);
    html_text(out, column->heading, 60);
    fputs("</b> <span>", out);
    if (e->at < 0)
        fputs("none", out);
    else
        fprintf(out, "last %s, most %s", words(column, charts->values[chart][e->last], arena),
                words(column, e->most, arena));
    fputs("</span></figcaption>", out);
}

void html_charts_write(FILE *out, const Charts *charts, const ReportTable *table)
{
    Arena arena = {0};
    const ReportColumn *column;
    int at;
    if (charts->n == 0)
        return;
    fputs("<div class=charts>\n", out);
    for (int c = 0; c < CHARTS && (column = column_of(table, c, &at)); c++) {
        Extremes e = extremes_of(charts, c);
        fprintf(out, "<figure class=\"c%d\">", c + 1);
        write_caption(out, charts, column, c, &e, &arena);
        write_drawing(out, charts, column, c, &e, &arena);
        fputs("<div class=axis><span>", out);
        html_text(out, charts->labels[0], 40);
        fputs("</span><span>", out);
        html_text(out, charts->labels[charts->n - 1], 40);
        fputs("</span></div></figure>\n", out);
    }
    fputs("</div>\n", out);
    arena_free(&arena);
}

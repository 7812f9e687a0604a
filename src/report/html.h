/* html.h - the pieces of form_page.c: text made safe, the style sheet, charts. */
#ifndef ARTSYNC_REPORT_HTML_H
#define ARTSYNC_REPORT_HTML_H

#include <stdint.h>
#include <stdio.h>

#include "form.h"

/* Text as text, whatever it holds: markup escaped; control characters, embeddings and overrides of direction, and bytes
 * that are not UTF-8 written as their code in words; line feeds kept. At most `max` characters, then how many there are
 * in all. */
void html_text(FILE *out, const char *text, size_t max);

extern const char *const html_style[]; /* of the page: CSS, light and dark, screen and paper; ends with NULL */

/* ---- charts: the columns of a table that are PLOTTED, over its first column ---- */

enum { CHARTS = 6, CHART_POINTS = 400 };

typedef struct Charts {
    Arena arena;
    const char *labels[CHART_POINTS];
    int64_t values[CHARTS][CHART_POINTS]; /* -1: none */
    int n;
} Charts;

bool html_has_charts(const ReportTable *table);
void html_charts_add(Charts *charts, const ReportTable *table, const char *const *cells); /* ignores more than
                                                                                             CHART_POINTS */
void html_charts_write(FILE *out, const Charts *charts, const ReportTable *table);

/* ---- the form's own state ---- */

enum {
    ROWS_SHOWN = 10000,            /* of one table */
    BYTES_SHOWN = 32 * 1024 * 1024, /* of all cells */
    CELL_SHOWN = 1000,             /* characters */
    LINE_SHOWN = 4000,
    ROWS_KEPT = 200, /* of a table that is looked at before it is written */
};

typedef enum Block { BLOCK_NONE, BLOCK_LINE, BLOCK_FACTS, BLOCK_TILES } Block;
typedef enum Shape { SHAPE_NONE, SHAPE_TABLE, SHAPE_ENTRIES, SHAPE_CHARTS } Shape;

typedef struct PageState {
    bool begun, in_section;
    Block block;
    Shape shape;        /* of the table that is open */
    bool written;       /* its beginning */
    int64_t rows, more; /* shown; left out */
    size_t bytes;       /* of cells, on the whole page */
    uint64_t shown;     /* its columns, a bit each */
    const char **kept;  /* rows that wait, n_columns cells each */
    int n_kept, cap_kept;
    Arena arena; /* of kept */
    Charts charts;
} PageState;

/* ---- the frame (html_page.c) ---- */

/* End the paragraph or list that is open; begin the page unless it has begun. */
void page_end_block(Report *report);
void page_begin(Report *report);
void page_heading(Report *report, const char *text); /* a section */

/* ---- tables (html_table.c), members of the form ---- */

void html_table_begin(Report *report, const ReportTable *table);
void html_row_begin(Report *report, const ReportTable *table, const char *const *cells);
void html_table_end(Report *report, const ReportTable *table);
int64_t html_left(Report *report);
void html_leave_out(Report *report, int64_t n);

/* ---- cells and entries (html_cell.c) ---- */

extern const char *const html_classes[]; /* of styles */
void html_cell(Report *report, const ReportColumn *column, const char *cell);
void html_entry(Report *report, const ReportTable *table, const char *const *cells);

#endif

/* table.c - rows of cells, aligned by what they take on a terminal. Small tables: all cells are in memory. */
#include <stdlib.h>

#include "artsync/out.h"
#include "artsync/utf8.h"

enum { CELL_MAX = 200, GAP = 2 };

typedef struct Cell {
    const char *text;
    Style style;
} Cell;

typedef struct Heading {
    const char *text;
    unsigned flags;
} Heading;

struct TextTable {
    Arena arena;
    Heading *headings;
    int n_headings, cap_headings;
    Cell *cells; /* rows one after the other, each as wide as there are headings */
    int n_cells, cap_cells;
};

TextTable *text_table_new(void) { return mem_alloc(sizeof(TextTable)); }

void text_table_free(TextTable *table)
{
    if (!table)
        return;
    free(table->headings);
    free(table->cells);
    arena_free(&table->arena);
    free(table);
}

void text_table_column(TextTable *table, const char *heading, unsigned flags)
{
    ARRAY_RESERVE(table->headings, table->n_headings, table->cap_headings);
    table->headings[table->n_headings++] = (Heading){out_safe(heading, CELL_MAX, &table->arena), flags};
}

static void add(TextTable *table, Cell cell)
{
    ARRAY_RESERVE(table->cells, table->n_cells, table->cap_cells);
    table->cells[table->n_cells++] = cell;
}

/* A row that was left short is filled up. */
void text_table_row(TextTable *table)
{
    while (table->n_cells % table->n_headings)
        add(table, (Cell){"", STYLE_PLAIN});
}

void text_table_cell(TextTable *table, Style style, const char *text)
{
    add(table, (Cell){out_safe(text, CELL_MAX, &table->arena), style});
}

void text_table_number(TextTable *table, Style style, int64_t n)
{
    add(table, (Cell){out_count(n, &table->arena), n ? style : STYLE_PLAIN});
}

static Cell cell_at(const TextTable *table, int row, int column)
{
    int i = row * table->n_headings + column;
    return i < table->n_cells ? table->cells[i] : (Cell){"", STYLE_PLAIN};
}

static size_t width_of(const char *text) { return utf8_width(str_of(text)); }

/* The width of a column, 0 if it is not to be printed. */
static size_t column_width(const TextTable *table, int column, int n_rows)
{
    const Heading *heading = &table->headings[column];
    size_t width = width_of(heading->text);
    bool shown = !(heading->flags & COLUMN_OPTIONAL);
    for (int r = 0; r < n_rows; r++) {
        const char *text = cell_at(table, r, column).text;
        size_t w = width_of(text);
        shown = shown || (*text && strcmp(text, "0") != 0);
        width = w > width ? w : width;
    }
    return shown ? (width ? width : 1) : 0;
}

static void pad(FILE *out, size_t n) { fprintf(out, "%*s", (int)n, ""); }

static void print_line(const TextTable *table, const size_t *widths, int row, FILE *out)
{
    size_t owed = 0; /* blanks that are printed only if something follows: no line ends in blanks */
    for (int c = 0; c < table->n_headings; c++) {
        if (widths[c] == 0)
            continue;
        Cell cell = row < 0 ? (Cell){table->headings[c].text, STYLE_BOLD} : cell_at(table, row, c);
        size_t rest = widths[c] - width_of(cell.text);
        bool right = table->headings[c].flags & COLUMN_RIGHT;
        if (right)
            owed += rest;
        if (*cell.text) {
            pad(out, owed);
            owed = 0;
            fprintf(out, "%s%s%s", style_begin(cell.style), cell.text, style_end(cell.style));
        } else if (right) {
            owed += width_of(cell.text);
        }
        owed += (right ? 0 : rest) + GAP;
    }
    fputc('\n', out);
}

void text_table_print(const TextTable *table, FILE *out)
{
    if (table->n_headings == 0)
        return;
    int n_rows = (table->n_cells + table->n_headings - 1) / table->n_headings;
    size_t *widths = mem_alloc(sizeof *widths * (size_t)table->n_headings);
    for (int c = 0; c < table->n_headings; c++)
        widths[c] = column_width(table, c, n_rows);
    for (int r = -1; r < n_rows; r++)
        print_line(table, widths, r, out);
    free(widths);
}

/* table.c - rows of cells, aligned by what they take on a terminal. Small tables: all cells are in memory. */
#include <stdlib.h>

#include "artsync/out.h"
#include "artsync/utf8.h"

enum { CELL_MAX = 200, GAP = 2 };

typedef struct Cell {
    const char *text;
    Style style;
    size_t indent; /* of the lines after the first */
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
        add(table, (Cell){"", STYLE_PLAIN, 0});
}

void text_table_cell(TextTable *table, Style style, const char *text)
{
    add(table, (Cell){out_safe(text, CELL_MAX, &table->arena), style, 0});
}

void text_table_number(TextTable *table, Style style, int64_t n)
{
    add(table, (Cell){out_count(n, &table->arena), n ? style : STYLE_PLAIN, 0});
}

static Cell cell_at(const TextTable *table, int row, int column)
{
    int i = row * table->n_headings + column;
    return i < table->n_cells ? table->cells[i] : (Cell){"", STYLE_PLAIN, 0};
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

/* ---- within a width ---- */

static size_t total_of(const TextTable *table, const size_t *widths, size_t gap)
{
    size_t total = 0;
    for (int c = 0; c < table->n_headings; c++)
        total += widths[c] ? widths[c] + (total ? gap : 0) : 0;
    return total;
}

static bool is_zero(const TextTable *table, int column, int n_rows)
{
    for (int r = 0; r < n_rows; r++) {
        const char *text = cell_at(table, r, column).text;
        if (*text && strcmp(text, "0") != 0)
            return false;
    }
    return n_rows > 0;
}

typedef struct Layout {
    size_t *widths; /* 0: not printed */
    size_t gap;
    size_t limit;   /* 0: none */
    int note;       /* the column that is printed below its row; -1: none */
} Layout;

/* The last column, if it is text without a heading. */
static int note_of(const TextTable *table)
{
    const Heading *last = &table->headings[table->n_headings - 1];
    return !(last->flags & COLUMN_RIGHT) && !*last->text ? table->n_headings - 1 : -1;
}

/* What gives way where a table is too wide, as far as is needed: numbers that are 0 in every row, from the right;
 * notes, which then have lines of their own; columns of text, the widest first, down to LEAST; one of the two blanks
 * between columns. */
static void shrink(const TextTable *table, Layout *layout, int n_rows)
{
    enum { LEAST = 12 };
    size_t *widths = layout->widths;
    for (int c = table->n_headings - 1; c > 0 && total_of(table, widths, GAP) > layout->limit; c--)
        if (table->headings[c].flags & COLUMN_RIGHT && is_zero(table, c, n_rows))
            widths[c] = 0;
    int note = note_of(table);
    if (note > 0 && widths[note] && total_of(table, widths, GAP) > layout->limit) {
        widths[note] = 0;
        layout->note = note;
    }
    for (size_t total = total_of(table, widths, GAP); total > layout->limit; total--) {
        int widest = -1;
        for (int c = 0; c < table->n_headings; c++)
            if (!(table->headings[c].flags & COLUMN_RIGHT) && widths[c] > LEAST &&
                (widest < 0 || widths[c] > widths[widest]))
                widest = c;
        if (widest < 0) {
            layout->gap = 1;
            return;
        }
        widths[widest]--;
    }
}

/* How many bytes of `text` go into `width` columns: up to a blank where there is one, else as many characters as fit,
 * at least one. *rest is what follows, without the blanks between. */
static size_t line_bytes(const char *text, size_t width, const char **rest)
{
    Str all = str_of(text);
    size_t fits = 0, blank = 0, columns = 0;
    bool hidden;
    for (size_t size; fits < all.n; fits += size) {
        utf8_next(all, fits, &size, &hidden);
        size_t wide = utf8_width((Str){text + fits, size});
        if (columns + wide > width && fits > 0)
            break;
        if (text[fits] == ' ' && strspn(text, " ") < fits)
            blank = fits;
        columns += wide;
    }
    size_t n = fits == all.n || text[fits] == ' ' || !blank ? fits : blank;
    *rest = text + n + strspn(text + n, " ");
    return n;
}

/* ---- printing ---- */

static void pad(FILE *out, size_t n) { fprintf(out, "%*s", (int)n, ""); }

/* One line of a row, as far as its cells fit; they go on with what is left of them. False: nothing is left. */
static bool print_line(const TextTable *table, const Layout *layout, Cell *cells, FILE *out)
{
    const size_t *widths = layout->widths;
    size_t owed = 0; /* blanks that are printed only if something follows: no line ends in blanks */
    bool more = false;
    for (int c = 0; c < table->n_headings; c++) {
        if (widths[c] == 0)
            continue;
        Cell *cell = &cells[c];
        const char *text = cell->text, *left = "";
        bool right = table->headings[c].flags & COLUMN_RIGHT;
        size_t n = right ? strlen(text) : line_bytes(text, widths[c] - cell->indent, &left);
        size_t width = cell->indent + utf8_width((Str){text, n}), rest = widths[c] > width ? widths[c] - width : 0;
        owed += right ? rest : cell->indent;
        if (n) {
            pad(out, owed);
            owed = 0;
            fprintf(out, "%s%.*s%s", style_begin(cell->style), (int)n, text, style_end(cell->style));
        } else if (!right) {
            owed -= cell->indent;
            rest = widths[c];
        }
        owed += (right ? 0 : rest) + layout->gap;
        cell->indent = *left && !cell->indent ? strspn(text, " ") : cell->indent;
        cell->text = left;
        more = more || *left;
    }
    fputc('\n', out);
    return more;
}

static void print_row(const TextTable *table, const Layout *layout, int row, Cell *cells, FILE *out)
{
    for (int c = 0; c < table->n_headings; c++)
        cells[c] = row < 0 ? (Cell){table->headings[c].text, STYLE_BOLD, 0} : cell_at(table, row, c);
    while (print_line(table, layout, cells, out))
        ;
    const Cell *note = layout->note < 0 ? NULL : &cells[layout->note];
    if (!note || !*note->text)
        return;
    Line line = {.limit = layout->limit};
    line_print(out, &line, STYLE_PLAIN, "  ");
    line_print(out, &line, note->style, note->text);
    fputc('\n', out);
}

void text_table_print_within(const TextTable *table, size_t limit, FILE *out)
{
    if (table->n_headings == 0)
        return;
    int n_rows = (table->n_cells + table->n_headings - 1) / table->n_headings;
    Layout layout = {mem_alloc(sizeof *layout.widths * (size_t)table->n_headings), GAP, limit, -1};
    Cell *cells = mem_alloc(sizeof *cells * (size_t)table->n_headings);
    for (int c = 0; c < table->n_headings; c++)
        layout.widths[c] = column_width(table, c, n_rows);
    if (limit)
        shrink(table, &layout, n_rows);
    for (int r = -1; r < n_rows; r++)
        print_row(table, &layout, r, cells, out);
    free(layout.widths);
    free(cells);
}

void text_table_print(const TextTable *table, FILE *out) { text_table_print_within(table, out_width(out), out); }

#include <stdlib.h>
#include <string.h>

#include "artsync/csv_writer.h"

struct CsvWriter {
    FILE *out;
    bool started; /* a record was ended: a line feed is due before the next cell */
    int n_cells;  /* of the record under way */
    bool blank;   /* all it holds so far is one empty cell */
};

CsvWriter *csv_writer_new(FILE *out)
{
    CsvWriter *writer = mem_alloc(sizeof *writer);
    writer->out = out;
    fputs("\xEF\xBB\xBF", out);
    return writer;
}

static bool needs_quotes(Str text)
{
    return memchr(text.p, ',', text.n) || memchr(text.p, '"', text.n) || memchr(text.p, '\n', text.n) ||
           memchr(text.p, '\r', text.n);
}

static void begin_cell(CsvWriter *writer, bool empty)
{
    if (writer->n_cells == 0 && writer->started)
        putc('\n', writer->out);
    if (writer->n_cells > 0)
        putc(',', writer->out);
    writer->blank = empty && writer->n_cells == 0;
    writer->n_cells++;
}

void csv_write_cell(CsvWriter *writer, const char *text)
{
    Str cell = str_of(text ? text : "");
    begin_cell(writer, cell.n == 0);
    if (!needs_quotes(cell)) {
        fwrite(cell.p, 1, cell.n, writer->out);
        return;
    }
    putc('"', writer->out);
    for (const char *quote; (quote = memchr(cell.p, '"', cell.n));) {
        size_t n = (size_t)(quote - cell.p) + 1;
        fwrite(cell.p, 1, n, writer->out);
        putc('"', writer->out);
        cell = (Str){cell.p + n, cell.n - n};
    }
    fwrite(cell.p, 1, cell.n, writer->out);
    putc('"', writer->out);
}

void csv_write_bytes(CsvWriter *writer, Str raw)
{
    begin_cell(writer, raw.n == 0);
    fwrite(raw.p, 1, raw.n, writer->out);
}

/* A record that is one empty cell would be a blank line, which readers skip: it is quoted. */
void csv_write_end(CsvWriter *writer)
{
    if (writer->n_cells == 0)
        begin_cell(writer, true);
    if (writer->blank)
        fputs("\"\"", writer->out);
    writer->started = true;
    writer->n_cells = 0;
    writer->blank = false;
}

void csv_writer_free(CsvWriter *writer) { free(writer); }

void csv_quote_element(Buf *out, const char *text)
{
    if (!needs_quotes(str_of(text))) {
        buf_str(out, text);
        return;
    }
    buf_quoted(out, text);
}

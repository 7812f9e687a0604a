/* Records out of bytes.
 *
 * libcsv tells neither where a record begins nor which line it is on, so the record's end is found here: a line end
 * with an even number of quotes before it. In strict CSV, where quotes only open, close or escape, that is exact; in a
 * broken file the slice holds the fault, and libcsv, which parses every slice that has a quote, finds it there.
 * A slice without any quote is split at its commas in place, which is all that libcsv would do to it.
 */
#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "artsync/interrupt.h"
#include "internal.h"

enum { QUOTE, LF, CR, N_MARKS };
static const char marks[N_MARKS] = {'"', '\n', '\r'};

enum { RECORDS_PER_CHECK = 2048 };

typedef struct Reader {
    const CsvSource *source;
    Err *err;
    /* The window: `len` bytes of the file from `base` on. */
    char *data;
    size_t len, cap;
    int64_t base;
    bool eof, nul; /* the file, or the readable part of it before a NUL byte, ends at data[len] */
    /* The record under way. */
    size_t start;
    size_t scan;          /* its end is not before */
    size_t next[N_MARKS]; /* where the next mark may be: none lies between scan and there */
    bool quoted;          /* scan is inside quotes */
    bool any_quote;
    SourcePosition position;
    /* Its cells. */
    char comma;       /* what separates them: a comma, unless a first line sep=; says otherwise */
    bool sep_seen;
    int64_t sep_line; /* where that line begins in the file; -1: none, or it says comma */
    struct csv_parser parser;
    Str *cells; /* space for one more than the limit */
    int n_cells;
    Buf text; /* of the cells that libcsv unquoted */
} Reader;

static int64_t absolute_line(const Reader *r, size_t at);

/* "export.csv: record 12 (line 15): ..." */
static bool fail(Reader *r, ErrCode code, size_t at, const char *hint, const char *what)
{
    long long line = (long long)absolute_line(r, at);
    if (r->position.number == 0)
        return err_set(r->err, code, hint, "%s: header (line %lld): %s", r->source->name, line, what);
    return err_set(r->err, code, hint, "%s: record %lld (line %lld): %s", r->source->name, (long long)r->position.number,
                   line, what);
}

/* ---- lines ---- */

/* CR, LF and CRLF each end a line, inside quotes as well. */
static int64_t count_lines(const char *text, size_t n)
{
    int64_t lines = 0;
    const char *end = text + n, *p = text;
    while ((p = memchr(p, '\n', (size_t)(end - p)))) {
        lines++;
        p++;
    }
    for (p = text; (p = memchr(p, '\r', (size_t)(end - p))); p++)
        lines += p + 1 == end || p[1] != '\n';
    return lines;
}

static int64_t absolute_line(const Reader *r, size_t at)
{
    return r->position.line + count_lines(r->data + r->start, at - r->start);
}

/* ---- the window ---- */

static void forget_records_before_start(Reader *r)
{
    if (!r->start)
        return;
    memmove(r->data, r->data + r->start, r->len - r->start);
    r->len -= r->start;
    r->scan -= r->start;
    r->base += (int64_t)r->start;
    for (int i = 0; i < N_MARKS; i++)
        r->next[i] = r->next[i] > r->start ? r->next[i] - r->start : 0;
    r->start = 0;
}

/* One more chunk behind the bytes of the record under way. */
static bool fill(Reader *r)
{
    forget_records_before_start(r);
    if (r->cap < r->len + r->source->chunk + 1) {
        r->cap = r->len * 2 + r->source->chunk + 1;
        r->data = mem_grow(r->data, r->cap, 1);
    }
    ssize_t n = r->source->read(r->source->ctx, r->data + r->len, r->source->chunk, r->err);
    if (n < 0)
        return false;
    const char *nul = n ? memchr(r->data + r->len, '\0', (size_t)n) : NULL;
    r->eof = n == 0 || nul;
    r->nul = nul != NULL;
    r->len = nul ? (size_t)(nul - r->data) : r->len + (size_t)n;
    r->data[r->len] = '\0';
    return interrupt_check(r->err);
}

/* ---- the end of a record ---- */

static size_t next_mark(Reader *r, int mark)
{
    size_t at = r->next[mark] > r->scan ? r->next[mark] : r->scan;
    if (at < r->len && r->data[at] != marks[mark]) {
        const char *found = memchr(r->data + at, marks[mark], r->len - at);
        at = found ? (size_t)(found - r->data) : r->len;
    }
    r->next[mark] = at;
    return at;
}

/* Moves scan to the line end that ends the record; false: it is not in the window yet. */
static bool find_end(Reader *r)
{
    while (r->scan < r->len) {
        size_t quote = next_mark(r, QUOTE);
        if (!r->quoted) {
            size_t lf = next_mark(r, LF), cr = next_mark(r, CR);
            size_t end = lf < cr ? lf : cr;
            if (end < quote) {
                r->scan = end;
                return r->data[end] == '\n' || end + 1 < r->len || r->eof; /* CR: is there an LF behind it? */
            }
        }
        if (quote == r->len) {
            r->scan = r->len;
            return false;
        }
        r->quoted = !r->quoted;
        r->any_quote = true;
        r->scan = quote + 1;
    }
    return false;
}

static size_t line_end_length(const Reader *r)
{
    if (r->scan == r->len)
        return 0;
    return r->data[r->scan] == '\r' && r->data[r->scan + 1] == '\n' ? 2 : 1; /* data[len] is NUL */
}

/* ---- the cells of a record ---- */

static void split_plain(Reader *r)
{
    char *cell = r->data + r->start, *end = r->data + r->scan, *comma;
    int n = 0;
    do {
        comma = memchr(cell, r->comma, (size_t)(end - cell));
        char *stop = comma ? comma : end;
        *stop = '\0';
        r->cells[n++] = (Str){cell, (size_t)(stop - cell)};
        cell = stop + 1;
    } while (comma && n <= CSV_MAX_COLUMNS);
    r->n_cells = n;
}

/* libcsv's callbacks. Space for every cell with its NUL was made before: a cell is never longer than its source, and
 * the NUL takes the place of the delimiter. */
static void on_cell(void *bytes, size_t n, void *ctx)
{
    Reader *r = ctx;
    char *copy = r->text.data + r->text.len;
    if (n)
        memcpy(copy, bytes, n);
    copy[n] = '\0';
    r->text.len += n + 1;
    if (r->n_cells <= CSV_MAX_COLUMNS)
        r->cells[r->n_cells++] = (Str){copy, n};
}

static void on_row(int terminator, void *ctx)
{
    (void)terminator;
    (void)ctx;
}

static bool fail_quoting(Reader *r, size_t at)
{
    char c = r->data[at];
    if (c == '"')
        return fail(r, ERR_CSV, at, "a cell that holds a quote must be quoted, and the quote in it doubled",
                    "broken quoting: a quote inside a cell that is not quoted");
    if (r->comma == ',' && (c == ';' || c == '\t'))
        return fail(r, ERR_CSV, at, "save it as CSV with commas",
                    "broken quoting: a quoted cell ends at a semicolon or tab, not at a comma");
    return fail(r, ERR_CSV, at, "a quote inside a quoted cell must be doubled",
                "broken quoting: text after the closing quote of a cell");
}

static bool fail_unclosed(Reader *r)
{
    return fail(r, ERR_CSV, r->start, "a quote inside a quoted cell must be doubled",
                "broken quoting: a quote is opened and never closed");
}

static bool split_quoted(Reader *r)
{
    size_t n = r->scan - r->start;
    buf_clear(&r->text);
    buf_reserve(&r->text, n + 1);
    size_t parsed = csv_parse(&r->parser, r->data + r->start, n, on_cell, on_row, r);
    if (parsed < n)
        return fail_quoting(r, r->start + parsed);
    if (r->quoted || csv_fini(&r->parser, on_cell, on_row, r) == 0)
        return true; /* quoted: only looked through for a fault, the caller knows that the record has no end */
    return fail_unclosed(r);
}

/* ---- records ---- */

static bool check_limits(Reader *r)
{
    if (r->n_cells > CSV_MAX_COLUMNS)
        return fail(r, ERR_LIMIT, r->start, "is a line end missing?", "more than 5,000 cells in one record");
    for (int i = 0; r->position.locator.length > CSV_MAX_CELL && i < r->n_cells; i++)
        if (r->cells[i].n > CSV_MAX_CELL)
            return fail(r, ERR_LIMIT, r->start, "is a closing quote missing?", "a cell of more than 16 MiB");
    return true;
}
_Static_assert(CSV_MAX_COLUMNS == 5000 && CSV_MAX_CELL == 16 << 20 && CSV_MAX_RECORD == 64 << 20,
               "the messages say so");

static bool check_delimiter(Reader *r)
{
    if (r->n_cells != 1 || r->comma != ',')
        return true;
    bool semicolon = memchr(r->cells[0].p, ';', r->cells[0].n);
    if (semicolon || memchr(r->cells[0].p, '\t', r->cells[0].n))
        return err_set(r->err, ERR_CSV, "save it as CSV with commas between the cells",
                       "%s: the cells are separated by %s, not by commas", r->source->name,
                       semicolon ? "semicolons" : "tabs");
    return true;
}

/* The first line may be Excel's sep=; or "sep=;": it is no header, it says what separates the cells. */
static bool take_sep(Reader *r)
{
    const char *p = r->data + r->start;
    size_t n = r->scan - r->start;
    bool quoted = n == 7 && p[0] == '"' && p[6] == '"';
    if (r->position.number != 0 || r->sep_seen || (n != 5 && !quoted) || strncasecmp(p + quoted, "sep=", 4) != 0)
        return false;
    char comma = p[4 + quoted];
    if (!strchr(",;|\t", comma))
        return false;
    r->sep_seen = true;
    r->comma = comma;
    csv_set_delim(&r->parser, (unsigned char)comma);
    if (comma != ',')
        r->sep_line = r->base + (int64_t)r->start;
    return true;
}

/* What the locator says of the header: a line that is needed to read it belongs to it. */
static void locate_record(Reader *r, size_t n)
{
    bool with_sep = r->position.number == 0 && r->sep_line >= 0;
    int64_t at = r->base + (int64_t)r->start;
    int64_t start = with_sep ? r->sep_line : at;
    r->position.locator = (SourceLocator){start, (int64_t)n + (at - start)};
}

/* The record between start and scan to the sink; a blank line is none. */
static bool emit(Reader *r, RawSink *sink, void *ctx)
{
    size_t n = r->scan - r->start, line_end = line_end_length(r);
    int64_t lines = 1 + (r->any_quote ? count_lines(r->data + r->start, n) : 0);
    if (n && !take_sep(r)) {
        r->n_cells = 0;
        locate_record(r, n);
        if (r->any_quote && !split_quoted(r))
            return false;
        if (!r->any_quote)
            split_plain(r);
        RawRecord record = {.position = r->position, .cells = r->cells, .n_cells = r->n_cells};
        if (!check_limits(r) || (r->position.number == 0 && !check_delimiter(r)) || !sink(ctx, &record, r->err))
            return false;
        r->position.number++;
        if (r->position.number % RECORDS_PER_CHECK == 0 && !interrupt_check(r->err))
            return false;
    }
    r->scan += line_end;
    r->start = r->scan;
    r->position.line += lines;
    r->any_quote = false;
    return true;
}

/* The window ends inside a record, or at its end, and there is nothing more to read. */
static bool finish(Reader *r, RawSink *sink, void *ctx)
{
    if (r->quoted && !r->nul)
        return split_quoted(r) && fail_unclosed(r);
    if (r->nul)
        return fail(r, ERR_CSV, r->len, "the file is damaged or is not a text file", "a NUL byte");
    if (r->scan > r->start && !emit(r, sink, ctx))
        return false;
    if (r->position.number == 0)
        return err_set(r->err, ERR_CSV, "export the view again", "%s: the file is empty: it has no header",
                       r->source->name);
    return true;
}

static bool check_length(Reader *r)
{
    if (r->len - r->start <= CSV_MAX_RECORD)
        return true;
    return (!r->any_quote || split_quoted(r)) &&
           fail(r, ERR_LIMIT, r->start, "is a closing quote or a line end missing?", "a record of more than 64 MiB");
}

static bool read_records(Reader *r, RawSink *sink, void *ctx)
{
    for (;;) {
        while (find_end(r))
            if (!emit(r, sink, ctx))
                return false;
        if (r->eof)
            return finish(r, sink, ctx);
        if (!check_length(r) || !fill(r))
            return false;
    }
}

static int never(unsigned char c)
{
    (void)c;
    return 0;
}

static void *grow(void *old, size_t size) { return mem_grow(old, size, 1); }

bool csv_read_source(const CsvSource *source, RawSink *sink, void *ctx, Err *err)
{
    Reader r = {.source = source, .err = err, .position = {.line = 1}, .comma = ',', .sep_line = -1};
    if (csv_init(&r.parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return err_set(err, ERR_IO, NULL, "libcsv does not start");
    r.cells = mem_grow(NULL, CSV_MAX_COLUMNS + 1, sizeof *r.cells);
    csv_set_space_func(&r.parser, never); /* spaces around a cell are part of it */
    csv_set_realloc_func(&r.parser, grow);
    csv_set_blk_size(&r.parser, 64 * 1024);
    bool ok = true;
    while (ok && source->has_bom && r.len < 3 && !r.eof)
        ok = fill(&r);
    if (source->has_bom)
        r.start = r.scan = 3;
    ok = ok && read_records(&r, sink, ctx);
    csv_free(&r.parser);
    free(r.data);
    free(r.cells);
    buf_free(&r.text);
    return ok;
}

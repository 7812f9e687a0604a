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

#include "artsync/interrupt.h"
#include "internal.h"

enum { QUOTE, LF, CR, N_MARKS };
static const char marks[N_MARKS] = {'"', '\n', '\r'};

enum { RECORDS_PER_CHECK = 2048 };

/* The part of the file in memory: `len` bytes from `base` on. */
typedef struct Window {
    char *data;
    size_t len, cap;
    int64_t base;
    bool eof, nul; /* the file, or the readable part of it before a NUL byte, ends at data[len] */
} Window;

/* The cells of the record under way. */
typedef struct Cells {
    char comma;       /* what separates them: a comma, unless a first line sep=; says otherwise */
    bool sep_seen;
    int64_t sep_line; /* where that line begins in the file; -1: none, or it says comma */
    struct csv_parser parser;
    Str *items; /* space for one more than the limit */
    int n;
    Buf text; /* of those that libcsv unquoted */
} Cells;

typedef struct Reader {
    const CsvSource *source;
    Err *err;
    Window window;
    /* The record under way. */
    size_t start;
    size_t scan;          /* its end is not before */
    size_t next[N_MARKS]; /* where the next mark may be: none lies between scan and there */
    bool quoted;          /* scan is inside quotes */
    bool any_quote;
    SourcePosition position;
    Cells cells;
} Reader;

static int64_t absolute_line(const Reader *r, size_t at);

/* "export.csv: record 12 (line 15): ..." */
static bool fail(Reader *r, ErrCode code, size_t at, const char *hint, const char *what)
{
    long long line = (long long)absolute_line(r, at);
    if (r->position.number == 0)
        return err_set(r->err, code, hint, "%s: header (line %lld): %s", r->source->name, line, what);
    return err_set(r->err, code, hint, "%s: record %lld (line %lld): %s", r->source->name,
                   (long long)r->position.number, line, what);
}

/* ---- lines ---- */

static int64_t absolute_line(const Reader *r, size_t at)
{
    return r->position.line + csv_count_lines(r->window.data + r->start, at - r->start);
}

/* ---- the window ---- */

static void forget_records_before_start(Reader *r)
{
    if (!r->start)
        return;
    memmove(r->window.data, r->window.data + r->start, r->window.len - r->start);
    r->window.len -= r->start;
    r->scan -= r->start;
    r->window.base += (int64_t)r->start;
    for (int i = 0; i < N_MARKS; i++)
        r->next[i] = r->next[i] > r->start ? r->next[i] - r->start : 0;
    r->start = 0;
}

/* Where it happened: behind the last whole record that was read. */
static bool fail_reading(Reader *r)
{
    long long line = (long long)absolute_line(r, r->window.len);
    if (r->position.number == 0)
        return err_context(r->err, "%s: header (line %lld)", r->source->name, line);
    return err_context(r->err, "%s: record %lld (line %lld)", r->source->name, (long long)r->position.number, line);
}

/* One more chunk behind the bytes of the record under way. */
static bool fill(Reader *r)
{
    forget_records_before_start(r);
    if (r->window.cap < r->window.len + r->source->chunk + 1) {
        r->window.cap = r->window.len * 2 + r->source->chunk + 1;
        r->window.data = mem_grow(r->window.data, r->window.cap, 1);
    }
    ssize_t n = r->source->read(r->source->ctx, r->window.data + r->window.len, r->source->chunk, r->err);
    if (n < 0)
        return fail_reading(r);
    const char *nul = n ? memchr(r->window.data + r->window.len, '\0', (size_t)n) : NULL;
    r->window.eof = n == 0 || nul;
    r->window.nul = nul != NULL;
    r->window.len = nul ? (size_t)(nul - r->window.data) : r->window.len + (size_t)n;
    r->window.data[r->window.len] = '\0';
    return interrupt_check(r->err);
}

/* ---- the end of a record ---- */

static size_t next_mark(Reader *r, int mark)
{
    size_t at = r->next[mark] > r->scan ? r->next[mark] : r->scan;
    if (at < r->window.len && r->window.data[at] != marks[mark]) {
        const char *found = memchr(r->window.data + at, marks[mark], r->window.len - at);
        at = found ? (size_t)(found - r->window.data) : r->window.len;
    }
    r->next[mark] = at;
    return at;
}

/* Moves scan to the line end that ends the record; false: it is not in the window yet. */
static bool find_end(Reader *r)
{
    while (r->scan < r->window.len) {
        size_t quote = next_mark(r, QUOTE);
        if (!r->quoted) {
            size_t lf = next_mark(r, LF), cr = next_mark(r, CR);
            size_t end = lf < cr ? lf : cr;
            if (end < quote) {
                r->scan = end;
                /* CR: is there an LF behind it? */
                return r->window.data[end] == '\n' || end + 1 < r->window.len || r->window.eof;
            }
        }
        if (quote == r->window.len) {
            r->scan = r->window.len;
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
    if (r->scan == r->window.len)
        return 0;
    return r->window.data[r->scan] == '\r' && r->window.data[r->scan + 1] == '\n' ? 2 : 1; /* data[len] is NUL */
}

/* ---- the cells of a record ---- */

static void split_plain(Reader *r)
{
    char *cell = r->window.data + r->start, *end = r->window.data + r->scan, *comma;
    int n = 0;
    do {
        comma = memchr(cell, r->cells.comma, (size_t)(end - cell));
        char *stop = comma ? comma : end;
        *stop = '\0';
        r->cells.items[n++] = (Str){cell, (size_t)(stop - cell)};
        cell = stop + 1;
    } while (comma && n <= CSV_MAX_COLUMNS);
    r->cells.n = n;
}

/* libcsv's callbacks. Space for every cell with its NUL was made before: a cell is never longer than its source, and
 * the NUL takes the place of the delimiter. */
static void on_cell(void *bytes, size_t n, void *ctx)
{
    Reader *r = ctx;
    char *copy = r->cells.text.data + r->cells.text.len;
    if (n)
        memcpy(copy, bytes, n);
    copy[n] = '\0';
    r->cells.text.len += n + 1;
    if (r->cells.n <= CSV_MAX_COLUMNS)
        r->cells.items[r->cells.n++] = bytes && n == 0 && r->source->tells_null ? RAW_EMPTY : (Str){copy, n};
}

static void on_row(int terminator, void *ctx)
{
    (void)terminator;
    (void)ctx;
}

static bool fail_quoting(Reader *r, size_t at)
{
    char c = r->window.data[at];
    if (c == '"')
        return fail(r, ERR_CSV, at, "a cell that holds a quote must be quoted, and the quote in it doubled",
                    "broken quoting: a quote inside a cell that is not quoted");
    if (r->cells.comma == ',' && (c == ';' || c == '\t'))
        return fail(r, ERR_CSV, at,
                    c == ';' ? "save it as CSV with commas, or set \"csv\": {\"delimiter\": \";\"} in base.json"
                             : "save it as CSV with commas, or set \"csv\": {\"delimiter\": \"\\t\"} in base.json",
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
    buf_clear(&r->cells.text);
    buf_reserve(&r->cells.text, n + 1);
    size_t parsed = csv_parse(&r->cells.parser, r->window.data + r->start, n, on_cell, on_row, r);
    if (parsed < n)
        return fail_quoting(r, r->start + parsed);
    if (r->quoted || csv_fini(&r->cells.parser, on_cell, on_row, r) == 0)
        return true; /* quoted: only looked through for a fault, the caller knows that the record has no end */
    return fail_unclosed(r);
}

/* ---- records ---- */

static bool check_limits(Reader *r)
{
    if (r->cells.n > CSV_MAX_COLUMNS)
        return fail(r, ERR_LIMIT, r->start, "is a line end missing?", "more than 5,000 cells in one record");
    for (int i = 0; r->position.locator.length > CSV_MAX_CELL && i < r->cells.n; i++)
        if (r->cells.items[i].n > CSV_MAX_CELL)
            return fail(r, ERR_LIMIT, r->start, "is a closing quote missing?", "a cell of more than 16 MiB");
    return true;
}
_Static_assert(CSV_MAX_COLUMNS == 5000 && CSV_MAX_CELL == 16 << 20 && CSV_MAX_RECORD == 64 << 20,
               "the messages say so");

static bool check_delimiter(Reader *r)
{
    if (r->cells.n != 1 || r->cells.comma != ',' || r->source->delimiter)
        return true;
    bool semicolon = memchr(r->cells.items[0].p, ';', r->cells.items[0].n);
    if (semicolon || memchr(r->cells.items[0].p, '\t', r->cells.items[0].n))
        return err_set(r->err, ERR_CSV, "save it as CSV with commas between the cells, or set \"csv\" in base.json",
                       "%s: the cells are separated by %s, not by commas", r->source->name,
                       semicolon ? "semicolons" : "tabs");
    return true;
}

/* The first line may be Excel's sep=; or "sep=;": it is no header, it says what separates the cells. */
static bool take_sep(Reader *r)
{
    if (r->position.number != 0 || r->cells.sep_seen)
        return false;
    char comma = csv_sep_line((Str){r->window.data + r->start, r->scan - r->start});
    if (!comma)
        return false;
    r->cells.sep_seen = true;
    r->cells.comma = comma;
    csv_set_delim(&r->cells.parser, (unsigned char)comma);
    if (comma != ',')
        r->cells.sep_line = r->window.base + (int64_t)r->start;
    return true;
}

/* What the locator says of the header: a line that is needed to read it belongs to it. Where the mapping says it
 * instead, the header is marked as one that needs such a line. */
static void locate_record(Reader *r, size_t n)
{
    bool is_header = r->position.number == 0, with_sep = is_header && r->cells.sep_line >= 0;
    int64_t at = r->window.base + (int64_t)r->start;
    if (is_header && !with_sep && r->cells.comma != ',') {
        r->position.locator = (SourceLocator){CSV_NEEDS_SEP(r->cells.comma, at), (int64_t)n};
        return;
    }
    int64_t start = with_sep ? r->cells.sep_line : at;
    r->position.locator = (SourceLocator){start, (int64_t)n + (at - start)};
}

/* The record between start and scan to the sink; a blank line is none. */
static bool emit(Reader *r, RawSink *sink, void *ctx)
{
    size_t n = r->scan - r->start, line_end = line_end_length(r);
    int64_t lines = 1 + (r->any_quote ? csv_count_lines(r->window.data + r->start, n) : 0);
    if (n && !take_sep(r)) {
        r->cells.n = 0;
        locate_record(r, n);
        if (r->any_quote && !split_quoted(r))
            return false;
        if (!r->any_quote)
            split_plain(r);
        RawRecord record = {.position = r->position, .cells = r->cells.items, .n_cells = r->cells.n};
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
    if (r->quoted && !r->window.nul)
        return split_quoted(r) && fail_unclosed(r);
    if (r->window.nul)
        return fail(r, ERR_CSV, r->window.len, "the file is damaged or is not a text file", "a NUL byte");
    if (r->scan > r->start && !emit(r, sink, ctx))
        return false;
    if (r->position.number == 0)
        return err_set(r->err, ERR_CSV, "export the view again", "%s: the file is empty: it has no header",
                       r->source->name);
    return true;
}

static bool check_length(Reader *r)
{
    if (r->window.len - r->start <= CSV_MAX_RECORD)
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
        if (r->window.eof)
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

/* Over the byte order mark, if there is one. */
static bool pass_mark(Reader *r)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const CsvSource *source = r->source;
    bool maybe = source->has_bom || source->may_have_bom;
    while (maybe && r->window.len < 3 && !r->window.eof) {
        if (!fill(r))
            return false;
        maybe = memcmp(r->window.data, mark, r->window.len < 3 ? r->window.len : 3) == 0;
    }
    if (maybe && r->window.len >= 3)
        r->start = r->scan = 3;
    return true;
}

bool csv_read_source(const CsvSource *source, RawSink *sink, void *ctx, Err *err)
{
    Reader r = {.source = source, .err = err, .position = {.line = 1}, .cells = {.sep_line = -1}};
    r.cells.comma = source->delimiter ? source->delimiter : ',';
    if (csv_init(&r.cells.parser,
                 (unsigned char)(CSV_STRICT | CSV_STRICT_FINI | (source->tells_null ? CSV_EMPTY_IS_NULL : 0))) != 0)
        return err_set(err, ERR_IO, NULL, "libcsv does not start");
    r.cells.items = mem_grow(NULL, CSV_MAX_COLUMNS + 1, sizeof *r.cells.items);
    csv_set_delim(&r.cells.parser, (unsigned char)r.cells.comma);
    csv_set_space_func(&r.cells.parser, never); /* spaces around a cell are part of it */
    csv_set_realloc_func(&r.cells.parser, grow);
    csv_set_blk_size(&r.cells.parser, 64 * 1024);
    bool ok = pass_mark(&r) && read_records(&r, sink, ctx);
    csv_free(&r.cells.parser);
    free(r.window.data);
    free(r.cells.items);
    buf_free(&r.cells.text);
    return ok;
}

/* Records as CSV. A record is made as UTF-8 and written when it ends, so that one that cannot be encoded leaves
 * nothing. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/csv_writer.h"
#include "artsync/utf8.h"
#include "internal.h"

struct CsvWriter {
    FILE *out;
    char delimiter;
    const char *encoding; /* as base.json calls it */
    iconv_t from_utf8;    /* (iconv_t)-1: UTF-8 is written as it is */
    Buf record, encoded;
    bool started; /* a record was ended: a line feed is due before the next cell */
    int n_cells;  /* of the record under way */
    bool blank;   /* all it holds so far is one empty cell */
};

static const iconv_t none = (iconv_t)-1;

/* What iconv calls the encoding, in which the order of bytes is fixed: "UTF-16" alone would have iconv choose. */
static const char *written_as(const char *encoding)
{
    char order = '\0';
    const char *family = csv_encoding_family(encoding, &order);
    if (!family || order)
        return encoding;
    return strcmp(family, "UTF-16") == 0 ? "UTF-16LE" : strcmp(family, "UTF-32") == 0 ? "UTF-32LE" : NULL;
}

/* One step into `encoded`; `from` NULL: back to the encoding's first state. */
static size_t step(CsvWriter *writer, char **from, size_t *left)
{
    size_t space = *left * 4 + 64, lost;
    do {
        buf_reserve(&writer->encoded, space);
        char *to = writer->encoded.data + writer->encoded.len;
        size_t rest = space;
        errno = 0;
        lost = iconv(writer->from_utf8, from, left, &to, &rest);
        writer->encoded.len = (size_t)(to - writer->encoded.data);
    } while (lost == (size_t)-1 && errno == E2BIG);
    return lost;
}

/* From and to the first state, so that each text can be encoded alone. False: *at is the character that is lacking. */
static bool encode(CsvWriter *writer, Str text, size_t *at)
{
    char *from = (char *)text.p;
    size_t left = text.n, no_bytes = 0;
    buf_clear(&writer->encoded);
    bool ok = step(writer, &from, &left) == 0 && step(writer, NULL, &no_bytes) == 0;
    *at = text.n - left;
    if (!ok)
        iconv(writer->from_utf8, NULL, NULL, NULL, NULL);
    return ok;
}

static bool put_encoded(CsvWriter *writer, Str text, size_t *at)
{
    if (writer->from_utf8 == none)
        fwrite(text.p, 1, text.n, writer->out);
    else if (!encode(writer, text, at))
        return false;
    else
        fwrite(writer->encoded.data, 1, writer->encoded.len, writer->out);
    return true;
}

CsvWriter *csv_writer_new(FILE *out, const CsvDialect *dialect, Err *err)
{
    bool named = dialect && dialect->encoding && strcmp(dialect->encoding, CSV_AUTO) != 0;
    const char *encoding = named ? dialect->encoding : "UTF-8";
    bool comma = !dialect || !dialect->delimiter || strcmp(dialect->delimiter, CSV_AUTO) == 0;
    const char *name = written_as(encoding);
    iconv_t from_utf8 = name ? iconv_open(name, "UTF-8") : none;
    if (name && from_utf8 == none) {
        err_set(err, ERR_CONFIG, "iconv -l lists the encodings of this machine",
                "this machine cannot write files in the encoding %s: %s", encoding, strerror(errno));
        return NULL;
    }
    CsvWriter *writer = mem_alloc(sizeof *writer);
    *writer = (CsvWriter){.out = out, .encoding = encoding, .from_utf8 = from_utf8};
    writer->delimiter = comma ? ',' : dialect->delimiter[0];
    char order;
    size_t at;
    if (csv_encoding_family(encoding, &order))
        put_encoded(writer, STR("\xEF\xBB\xBF"), &at);
    return writer;
}

static bool needs_quotes(Str text, char delimiter)
{
    return memchr(text.p, delimiter, text.n) || memchr(text.p, '"', text.n) || memchr(text.p, '\n', text.n) ||
           memchr(text.p, '\r', text.n);
}

static void begin_cell(CsvWriter *writer, bool empty)
{
    if (writer->n_cells == 0 && writer->started)
        buf_char(&writer->record, '\n');
    if (writer->n_cells > 0)
        buf_char(&writer->record, writer->delimiter);
    writer->blank = empty && writer->n_cells == 0;
    writer->n_cells++;
}

void csv_write_cell(CsvWriter *writer, const char *text)
{
    Str cell = str_of(text ? text : "");
    begin_cell(writer, cell.n == 0);
    if (needs_quotes(cell, writer->delimiter))
        buf_quoted(&writer->record, cell.p);
    else
        buf_add(&writer->record, cell.p, cell.n);
}

void csv_write_bytes(CsvWriter *writer, Str raw)
{
    begin_cell(writer, raw.n == 0);
    buf_add(&writer->record, raw.p, raw.n);
}

void csv_write_note(CsvWriter *writer, const char *text)
{
    Buf kept = {0};
    Str rest = str_of(text);
    buf_reserve(&kept, rest.n + 1);
    while (writer->from_utf8 != none && rest.n) {
        size_t at = 0;
        bool whole = encode(writer, rest, &at);
        buf_add(&kept, rest.p, at);
        rest = (Str){rest.p + at, rest.n - at};
        if (whole || !rest.n)
            break;
        buf_char(&kept, '?');
        do
            rest = (Str){rest.p + 1, rest.n - 1};
        while (rest.n && ((unsigned char)*rest.p & 0xC0) == 0x80);
    }
    buf_add(&kept, rest.p, rest.n);
    csv_write_cell(writer, kept.data);
    buf_free(&kept);
}

static bool fail_encoding(const CsvWriter *writer, size_t at, Err *err)
{
    Str text = buf_view(&writer->record);
    size_t size;
    bool hidden;
    int32_t character = at < text.n ? utf8_next(text, at, &size, &hidden) : -1;
    if (character < 0)
        return err_set(err, ERR_REFUSED, NULL, "the text cannot be written in the encoding %s", writer->encoding);
    return err_set(err, ERR_REFUSED, "write such tables as UTF-8 or UTF-16: \"encoding\" under \"csv\" in base.json",
                   "the encoding %s lacks the character U+%04X", writer->encoding, (unsigned)character);
}

/* A record that is one empty cell would be a blank line, which readers skip: it is quoted. */
bool csv_write_end(CsvWriter *writer, Err *err)
{
    if (writer->n_cells == 0)
        begin_cell(writer, true);
    if (writer->blank)
        buf_str(&writer->record, "\"\"");
    size_t at = 0;
    bool ok = put_encoded(writer, buf_view(&writer->record), &at) || fail_encoding(writer, at, err);
    writer->started = writer->started || ok;
    writer->n_cells = 0;
    writer->blank = false;
    buf_clear(&writer->record);
    return ok;
}

void csv_writer_free(CsvWriter *writer)
{
    if (!writer)
        return;
    if (writer->from_utf8 != none)
        iconv_close(writer->from_utf8);
    buf_free(&writer->record);
    buf_free(&writer->encoded);
    free(writer);
}

void csv_quote_element(Buf *out, const char *text)
{
    if (needs_quotes(str_of(text), ','))
        buf_quoted(out, text);
    else
        buf_str(out, text);
}

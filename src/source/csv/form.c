/* How a file is written: which encoding, what is between the cells; by what base.json says and what the file shows. */
#include <string.h>
#include <strings.h>

#include "artsync/utf8.h"
#include "internal.h"

#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

static const char utf8[] = "UTF-8", windows[] = "windows-1252";

/* ---- the first bytes ---- */

/* First bytes that say "no CSV file". */
static const struct {
    Str bytes;
    const char *what, *hint;
} magics[] = {
    {BYTES("\x1F\x8B"), "it is compressed with gzip", "unpack it first: gunzip -c FILE > new.csv"},
    {BYTES("BZh91AY&SY"), "it is compressed with bzip2", "unpack it first: bunzip2 -c FILE > new.csv"},
    {BYTES("\xFD\x37zXZ"), "it is compressed with xz", "unpack it first: xz -dc FILE > new.csv"},
    {BYTES("\x28\xB5\x2F\xFD"), "it is compressed with zstd", "unpack it first: zstd -dc FILE > new.csv"},
    {BYTES("PK\3\4"), "it is a zip archive or a spreadsheet (.xlsx, .ods)",
     "unpack the archive, or save the spreadsheet as CSV"},
    {BYTES("\xD0\xCF\x11\xE0"), "it is a spreadsheet (.xls)", "save it as CSV"},
    {BYTES("%PDF-"), "it is a PDF file", "export the view as CSV"},
    {BYTES("<!DOCTYPE html"), "it is a web page", "download the CSV again; the page may say why that failed"},
    {BYTES("<!doctype html"), "it is a web page", "download the CSV again; the page may say why that failed"},
};

/* Byte order marks, and the shape of text without one: ASCII letters between NUL bytes ('0' NUL, 'x' not NUL). The
 * longer one first: UTF-32LE begins like UTF-16LE. */
static const struct {
    Str mark;
    const char *shape;
    const char *encoding, *family, *what;
} unicodes[] = {
    {BYTES("\xFF\xFE\0\0"), "x000", "UTF-32LE", "UTF-32", "UTF-32 (little endian)"},
    {BYTES("\0\0\xFE\xFF"), "000x", "UTF-32BE", "UTF-32", "UTF-32 (big endian)"},
    {BYTES("\xFF\xFE"), "x0x0", "UTF-16LE", "UTF-16", "UTF-16 (little endian)"},
    {BYTES("\xFE\xFF"), "0x0x", "UTF-16BE", "UTF-16", "UTF-16 (big endian)"},
    {BYTES("\xEF\xBB\xBF"), NULL, "UTF-8", "UTF-8", "UTF-8"},
};
enum { UNICODES = sizeof unicodes / sizeof unicodes[0] };

static bool has_shape(Str head, const char *shape)
{
    for (size_t i = 0; shape && i < 4; i++)
        if (i >= head.n || (head.p[i] == '\0') != (shape[i] == '0'))
            return false;
    return shape != NULL;
}

/* The row of `unicodes` that the head shows, or -1. */
static int unicode_of(Str head, size_t *skip)
{
    *skip = 0;
    for (int i = 0; i < UNICODES; i++)
        if (head.n >= unicodes[i].mark.n && memcmp(head.p, unicodes[i].mark.p, unicodes[i].mark.n) == 0) {
            *skip = unicodes[i].mark.n;
            return i;
        }
    for (int i = 0; i < UNICODES; i++)
        if (has_shape(head, unicodes[i].shape))
            return i;
    return -1;
}

static bool fail_encoding(const Table *table, const char *name, const char *what, const char *said, const char *key,
                          Err *err)
{
    Buf hint = {0};
    buf_printf(&hint, "add \"csv\": {\"encoding\": \"%s\"} to the table %s in base.json", key,
               table ? table->name : "");
    if (!table)
        err_set(err, ERR_CSV, "convert it to UTF-8", "%s: it is %s, not %s", name, what, said);
    else
        err_set(err, ERR_CSV, hint.data, "%s: it is %s, not %s", name, what, said);
    buf_free(&hint);
    return false;
}

static const char perhaps_windows[] = "in another encoding, perhaps windows-1252";

/* In UTF-16 and UTF-32 the comma and the line's end hold NUL bytes: a head without any is in another encoding. */
static bool fail_one_byte(const Table *table, Str head, const char *name, Err *err)
{
    CsvLetters letters = {0};
    csv_letters_add(&letters, head);
    csv_letters_end(&letters);
    bool is_utf8 = letters.utf8 > 0 || letters.other == 0;
    return fail_encoding(table, name, is_utf8 ? utf8 : perhaps_windows, table->csv.encoding, is_utf8 ? utf8 : windows,
                         err);
}

/* base.json names the encoding: does the head agree, and in which order are the bytes? */
static bool begin_named(CsvForm *form, const Table *table, Str head, int shown, const char *name, Err *err)
{
    const char *said = table->csv.encoding;
    char order = '\0';
    const char *family = csv_encoding_family(said, &order);
    form->encoding = said;
    form->decode = said;
    if (family && strcmp(family, utf8) == 0)
        form->decode = NULL;
    bool fits = family && shown >= 0 && strcmp(unicodes[shown].family, family) == 0 &&
                (!order || (order == 'L') == (strstr(unicodes[shown].encoding, "LE") != NULL));
    if (shown >= 0 && !fits)
        return fail_encoding(table, name, unicodes[shown].what, said, unicodes[shown].family, err);
    if (!form->decode || !family)
        return true;
    if (shown < 0 && !memchr(head.p, '\0', head.n))
        return fail_one_byte(table, head, name, err);
    if (shown >= 0)
        form->decode = unicodes[shown].encoding;
    else if (!order)
        form->decode = strcmp(family, "UTF-16") == 0 ? "UTF-16LE" : "UTF-32LE"; /* as Windows writes it */
    return true;
}

bool csv_form_begin(CsvForm *form, const Table *table, Str head, const char *name, Err *err)
{
    *form = (CsvForm){0};
    if (head.n == 0)
        return err_set(err, ERR_CSV, "export the view again", "%s: the file is empty: it has no header", name);
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (head.n >= magics[i].bytes.n && memcmp(head.p, magics[i].bytes.p, magics[i].bytes.n) == 0)
            return err_set(err, ERR_CSV, magics[i].hint, "%s: %s", name, magics[i].what);
    int shown = unicode_of(head, &form->skip);
    const char *said = table ? table->csv.encoding : NULL;
    bool is_auto = said && strcmp(said, CSV_AUTO) == 0;
    bool other = shown >= 0 && strcmp(unicodes[shown].family, utf8) != 0;
    if (said && !is_auto)
        return begin_named(form, table, head, shown, name, err);
    if (other && !is_auto)
        return fail_encoding(table, name, unicodes[shown].what, utf8, unicodes[shown].family, err);
    if (shown >= 0)
        form->encoding = unicodes[shown].encoding;
    if (other)
        form->decode = form->encoding;
    return true;
}

/* ---- all of it ---- */

/* The sample as UTF-8. What cannot be decoded is left out: reading the file says so, with its place. */
static void decode_sample(const CsvForm *form, Str sample, Buf *text)
{
    Str rest = sample;
    Err fault = {0};
    CsvDecoder *decoder = csv_decoder_new(form->decode, form->skip, CSV_SAMPLE, csv_read_memory, &rest, &fault);
    ssize_t n = decoder ? 1 : 0;
    while (n > 0) {
        buf_reserve(text, CSV_SAMPLE + 1);
        n = csv_decoder_read(decoder, text->data + text->len, CSV_SAMPLE, &fault);
        text->len += n > 0 ? (size_t)n : 0;
    }
    csv_decoder_free(decoder);
    err_clear(&fault);
}

/* Without the record that the sample cuts off, unless it is the first. */
static Str whole_lines(Str text, bool whole)
{
    size_t n = text.n;
    while (!whole && n > 0 && text.p[n - 1] != '\n' && text.p[n - 1] != '\r')
        n--;
    return n ? (Str){text.p, n} : text;
}

/* One run of other bytes among letters of UTF-8 or alone is a damaged cell, no other encoding. In a header it is
 * one. */
static bool settle_encoding(CsvForm *form, const Table *table, const CsvLetters *letters, Str sample, const char *name,
                            Err *err)
{
    enum { HARDLY_ANY = 10 };
    form->encoding = utf8;
    if (table->csv.encoding && letters->other > 0 && letters->utf8 * HARDLY_ANY <= letters->other)
        form->encoding = form->decode = windows;
    bool header = !utf8_valid(csv_first_line(sample), NULL);
    if (!table->csv.encoding && letters->other > !header && letters->utf8 == 0)
        return fail_encoding(table, name, perhaps_windows, utf8, windows, err);
    return true;
}

/* Another encoding is named, but what is not ASCII in the sample is UTF-8, more than once, and would become other
 * letters. By a few bytes alone it cannot be told. */
static bool is_utf8_all_the_same(Str sample, Str decoded, bool whole)
{
    CsvLetters letters = {0};
    csv_letters_add(&letters, sample);
    if (whole) /* else its last character may be cut off */
        csv_letters_end(&letters);
    return letters.utf8 > 1 && letters.other == 0 &&
           memcmp(sample.p, decoded.p, sample.n < decoded.n ? sample.n : decoded.n) != 0;
}

bool csv_form_settle(CsvForm *form, const Table *table, const CsvLetters *letters, Str sample, bool whole,
                     const char *name, Err *err)
{
    if (!table)
        return true;
    if (!form->encoding && !settle_encoding(form, table, letters, sample, name, err))
        return false;
    Buf text = {0};
    if (form->decode)
        decode_sample(form, sample, &text);
    char order;
    bool named = form->decode && form->encoding == table->csv.encoding && !csv_encoding_family(form->encoding, &order);
    bool ok = !named || !is_utf8_all_the_same(sample, buf_view(&text), whole) ||
              fail_encoding(table, name, utf8, form->encoding, utf8, err);
    Str lines = whole_lines(form->decode ? buf_view(&text) : sample, whole);
    ok = ok && csv_settle_delimiter(form, table, lines, name, err);
    buf_free(&text);
    return ok;
}

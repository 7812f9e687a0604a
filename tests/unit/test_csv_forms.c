/* CSV in other forms: encodings at every size of a chunk, what a file shows of its encoding and delimiter, and writing
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/source/csv/internal.h"
#include "artsync/csv_writer.h"
#include "artsync/glob.h"
#include "case.h"

#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

/* ---- decoding ---- */

static bool note(void *ctx, const RawRecord *record, Err *err)
{
    Buf *seen = ctx;
    (void)err;
    buf_printf(seen, "%d@%d:%d+%d[", (int)record->position.number, (int)record->position.line,
               (int)record->position.locator.start, (int)record->position.locator.length);
    for (int i = 0; i < record->n_cells; i++) {
        assert_int_equal(record->cells[i].p[record->cells[i].n], '\0');
        buf_str(seen, i ? "|" : "");
        buf_add(seen, record->cells[i].p, record->cells[i].n);
    }
    buf_str(seen, "]");
    return true;
}

typedef struct Decoding {
    const char *encoding;
    Str bytes;
    const char *records, *message; /* NULL: none */
} Decoding;

#define JP    "\x1B$B" /* ISO-2022-JP: two bytes a character from here on */
#define ASCII "\x1B(B" /* and one again */

static const Decoding decodings[] = {
    {"windows-1252", BYTES("a,b\n\x80,\xE9\n"), "0@1:0+3[a|b]1@2:4+6[€|é]", NULL},
    {"ISO-8859-15", BYTES("\xA4\n\"\xE4\r\n\xF6\"\n"), "0@1:0+3[€]1@2:4+8[ä\r\nö]", NULL},
    {"UTF-16LE", BYTES("a\0,\0b\0\n\0\x3D\xD8\x00\xDE,\0\xE9\0"), "0@1:0+3[a|b]1@2:4+7[😀|é]", NULL},
    {"UTF-16BE", BYTES("\xFE\xFF\0a\0\n\0b\xFE\xFF\0c"),
     "0@1:3+1[a]1@2:5+5[b\xEF\xBB\xBF"
     "c]",
     NULL},
    {"UTF-32LE", BYTES("a\0\0\0\n\0\0\0\x00\xF6\x01\0"), "0@1:0+1[a]1@2:2+4[😀]", NULL},
    {"UTF-7", BYTES("a\n+AOk-,+IKw-\n"), "0@1:0+1[a]1@2:2+6[é|€]", NULL},
    {"ISO-2022-JP", BYTES("a\n" JP "\x24\x22\x24\x24" ASCII "\n" JP "\x24\x22" ASCII),
     "0@1:0+1[a]1@2:2+6[あい]2@3:9+3[あ]", NULL},
    {"SHIFT-JIS", BYTES("a\n\x82\xA0,\x83\x5C\n"), "0@1:0+1[a]1@2:2+7[あ|ソ]",
     NULL},                                                             /* the second byte is a backslash */
    {"BIG5-HKSCS", BYTES("a\n\x88\x66"), "0@1:0+1[a]1@2:2+2[Ê]", NULL}, /* kept back: a mark may follow */
    {"BIG5-HKSCS", BYTES("a\n\x88\x62"), "0@1:0+1[a]1@2:2+4[Ê̄]", NULL},
    {"UTF-16LE", BYTES("a\0\n\0b\0\0\xDC"), "0@1:0+1[a]",
     "x.csv: record 1 (line 2): byte 7 is no character of UTF-16LE"},
    {"UTF-16LE",
     BYTES("a\0\n\0b\0\0\xD8"
           "c\0"),
     "0@1:0+1[a]", "x.csv: record 1 (line 2): byte 7 is no character"},
    {"UTF-16LE", BYTES("a\0\n\0b\0\0\xD8"), "0@1:0+1[a]",
     "x.csv: record 1 (line 2): it ends in the middle of a character of UTF-16LE, at byte 7"},
    {"UTF-16LE", BYTES("a\0\n\0b\0\n\0c"), "0@1:0+1[a]1@2:2+1[b]",
     "record 2 (line 3): it ends in the middle of a character"},
    {"UTF-16LE", BYTES("a"), "", "x.csv: header (line 1): it ends in the middle of a character of UTF-16LE, at byte 1"},
    {"UTF-16LE", BYTES("a\0\n\0b\0\0\0"), "0@1:0+1[a]", "x.csv: record 1 (line 2): a NUL byte"},
    {"windows-1252", BYTES("a\n\"\n\n\x81"), "0@1:0+1[a]",
     "x.csv: record 1 (line 4): byte 6 is no character of windows-1252"},
    {"ISO-2022-JP", BYTES("a\n" JP "\x24"), "0@1:0+1[a]",
     "x.csv: record 1 (line 2): it ends in the middle of a character"},
    {"US-ASCII", BYTES("a\n\xE9"), "0@1:0+1[a]", "x.csv: record 1 (line 2): byte 3 is no character of US-ASCII"},
    {"UTF-16LE", BYTES(""), "", "the file is empty"},
    {"no such", BYTES("a"), "", "this machine cannot convert files from the encoding no such"},
};

static void every_size_of_a_chunk(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof decodings / sizeof decodings[0]; i++) {
        const Decoding *d = &decodings[i];
        CASE("%zu: %s", i, d->encoding);
        for (size_t chunk = 1; chunk <= d->bytes.n + 2; chunk++) {
            Buf seen = {0};
            Err err = {0};
            buf_reserve(&seen, 1);
            bool ok = csv_decode_chunks(d->bytes, d->encoding, chunk, note, &seen, &err);
            if (ok != !d->message || (!ok && !strstr(err.message, d->message)))
                fail_msg("chunk %zu: %s", chunk, ok ? "no error" : err.message);
            seen.data[seen.len] = '\0';
            if (ok)
                assert_string_equal(seen.data, d->records);
            else if (strncmp(seen.data, d->records, seen.len) != 0 || (d->records[0] && !seen.len))
                fail_msg("chunk %zu: %s", chunk, seen.data);
            err_clear(&err);
            buf_free(&seen);
        }
    }
}

/* ---- what a file shows ---- */

static void letters_are_counted_alike_wherever_chunks_end(void **state)
{
    (void)state;
    static const struct {
        Str bytes;
        int utf8, other;
    } cases[] = {
        {BYTES("plain"), 0, 0},
        {BYTES("caf\xC3\xA9 \xC3\xA9\xC3\xA9"), 2, 0},
        {BYTES("caf\xE9 \xE9s"), 0, 2},
        {BYTES("\xE2\x82\xAC\xE9"), 0, 1},
        {BYTES("\xF0\x9F\x98\x80 \xC3"), 1, 1},
        {BYTES("\xED\xA0\x80 \xC0\xAF"), 0, 2},
        {BYTES("\x80 \xFF\xFE"), 0, 2},
        {BYTES("0123456\xE9"
               "1234567\xC3\xA9"),
         1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t chunk = 1; chunk <= cases[i].bytes.n; chunk++) {
            CASE("%zu, chunk %zu", i, chunk);
            CsvLetters letters = {0};
            for (size_t at = 0; at < cases[i].bytes.n; at += chunk) {
                size_t n = cases[i].bytes.n - at < chunk ? cases[i].bytes.n - at : chunk;
                csv_letters_add(&letters, (Str){cases[i].bytes.p + at, n});
            }
            csv_letters_end(&letters);
            assert_int_equal(letters.utf8, cases[i].utf8);
            assert_int_equal(letters.other, cases[i].other);
        }
}

static const char *names[] = {"ID", "Name"};
static Column columns[] = {{.name = "name", .headers = {&names[1], 1}}};

/* "encoding decode delimiter", or the error and its hint. */
static const char *form_of(const char *encoding, const char *delimiter, Str bytes, char out[400])
{
    Table table = {
        .name = "t", .columns = columns, .n_columns = 1, .id_headers = {names, 1}, .csv = {delimiter, encoding}};
    CsvForm form;
    CsvLetters letters = {0};
    Err err = {0};
    csv_letters_add(&letters, bytes);
    csv_letters_end(&letters);
    bool ok = csv_form_begin(&form, &table, bytes, "x.csv", &err) &&
              csv_form_settle(&form, &table, &letters, bytes, true, "x.csv", &err);
    if (ok)
        snprintf(out, 400, "%s %s %c", form.encoding, form.decode ? form.decode : "-", form.delimiter);
    else
        snprintf(out, 400, "%s; %s", err.message, err.hint);
    err_clear(&err);
    return out;
}

static void what_a_file_shows(void **state)
{
    (void)state;
    static const struct {
        const char *encoding, *delimiter;
        Str bytes;
        const char *form;
    } cases[] = {
        {NULL, NULL, BYTES("ID,Name\n1,a"), "UTF-8 - ,"},
        {"UTF-8", ",", BYTES("\xEF\xBB\xBFID,Name\n1,a"), "UTF-8 - ,"},
        {"auto", "auto", BYTES("ID,Name\n1,a"), "UTF-8 - ,"},
        {"auto", "auto", BYTES("id;NAME \n1;a,b\n2;c,d"), "UTF-8 - ;"},
        {"auto", "auto", BYTES("x;y\n1;2\n"), "UTF-8 - ;"},
        {"auto", "auto", BYTES("x,x;y,y\n1;2\n3;4,4"), "UTF-8 - ;"},
        {"auto", "auto", BYTES("x|y|z\n1|2|3"), "UTF-8 - |"},
        {"auto", "auto", BYTES("alone\n1;2\n"), "UTF-8 - ,"},
        {"auto", "auto", BYTES("ID,Name\n1;2;3,x\n4;5;6,y"), "UTF-8 - ,"},
        {"auto", ";", BYTES("ID;Name\n1;\xE9"), "windows-1252 windows-1252 ;"},
        {"auto", NULL, BYTES("ID,Name\n1,\xE9\n2,\xC3\xA9"), "UTF-8 - ,"},
        {"auto", NULL, BYTES("\xEF\xBB\xBFID,Name\n1,\xE9"), "UTF-8 - ,"},
        {"auto", "auto", BYTES("\xFF\xFEI\0D\0\t\0N\0a\0m\0e\0\n\0"), "UTF-16LE UTF-16LE \t"},
        {"auto", NULL, BYTES("\0I\0D\0,\0N\0a\0m\0e"), "UTF-16BE UTF-16BE ,"},
        {"UTF-16", NULL, BYTES("\xFE\xFF\0I\0D\0,\0x"), "UTF-16 UTF-16BE ,"},
        {"ucs2", NULL, BYTES("I\0D\0,\0x\0"), "ucs2 UTF-16LE ,"},
        {"utf-16", NULL, BYTES("\x3D\xD8\x00\xDE,\0I\0D\0"),
         "utf-16 UTF-16LE ,"}, /* nothing shows it: as Windows writes */
        {NULL, NULL, BYTES("sep=|\r\nID|Name\n"), "UTF-8 - |"},
        {"auto", "auto", BYTES("\xEF\xBB\xBF\n\"sep=;\"\nID;Name\n"), "UTF-8 - ;"},
        {NULL, NULL, BYTES("ID,Name\n1,\xE9"), "UTF-8 - ,"},
        {NULL, NULL, BYTES("ID,Name\n1,\xE9\n2,\xE9"),
         "x.csv: it is in another encoding, perhaps windows-1252, not UTF-8; add \"csv\": {\"encoding\": "
         "\"windows-1252\"} to "
         "the table t in base.json"},
        {NULL, NULL, BYTES("ID,N\xE9\n1,a"), "x.csv: it is in another encoding, perhaps windows-1252, not UTF-8; add"},
        {NULL, NULL, BYTES("\xFF\xFEI\0D\0"),
         "x.csv: it is UTF-16 (little endian), not UTF-8; add \"csv\": {\"encoding\": \"UTF-16\"}"},
        {"UTF-16LE", NULL, BYTES("\xFE\xFF\0I\0D"),
         "x.csv: it is UTF-16 (big endian), not UTF-16LE; add \"csv\": {\"encoding\": \"UTF-16\"}"},
        {"windows-1252", NULL, BYTES("\xEF\xBB\xBFID"), "x.csv: it is UTF-8, not windows-1252; add"},
        {"windows-1252", NULL, BYTES("ID,Name\n1,\xC3\xA9 and \xC3\xA8"),
         "x.csv: it is UTF-8, not windows-1252; add \"csv\": {\"encoding\": \"UTF-8\"}"},
        {"windows-1252", NULL, BYTES("ID,Name\n1,\xC3\xA9"), "windows-1252 windows-1252 ,"}, /* once may be meant */
        {"windows-1252", NULL, BYTES("ID,Name\n1,\xC3\xA9 \xC3\xA8 \xE8"), "windows-1252 windows-1252 ,"},
        {"ISO-10646/UTF8/", NULL, BYTES("ID,Name\n1,\xC3\xA9 \xC3\xA8"), "ISO-10646/UTF8/"}, /* of its many names */
        {"UTF-16", NULL, BYTES("ID,Name\n1,a\n"), "x.csv: it is UTF-8, not UTF-16; add \"csv\": {\"encoding\": \"UTF-8\"}"},
        {"UTF-16LE", NULL, BYTES("ID,Name\n1,\xE9\n"), "x.csv: it is in another encoding, perhaps windows-1252, not UTF-16LE"},
        {NULL, NULL, BYTES("ID;Name\n1;2"),
         "x.csv: the cells are separated by semicolons, not by commas; add \"csv\": {\"delimiter\": \";\"}"},
        {NULL, NULL, BYTES("ID\tName\n1\t2"),
         "x.csv: the cells are separated by tabs, not by commas; add \"csv\": {\"delimiter\": \"\\t\"}"},
        {NULL, ";", BYTES("ID,Name\n1,2"),
         "x.csv: the cells are separated by commas, not by semicolons; add \"csv\": {\"delimiter\": \",\"}"},
        {NULL, NULL, BYTES("\"ID\";\"Name\"\n"), "x.csv: the cells are separated by semicolons"},
        {NULL, NULL, BYTES("a,b;ID;Name\n"), "x.csv: the cells are separated by semicolons"},
        {NULL, NULL, BYTES("Name;x,ID\n"), "UTF-8 - ,"},
        {"auto", NULL, BYTES("PK\3\4"), "x.csv: it is a zip archive"},
        {"UTF-16", NULL, BYTES(""), "x.csv: the file is empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[400];
        CASE("%zu", i);
        form_of(cases[i].encoding, cases[i].delimiter, cases[i].bytes, out);
        if (strncmp(out, cases[i].form, strlen(cases[i].form)) != 0)
            fail_msg("%s", out);
    }
}

/* The header of a file without a line sep= says so in its locator; read again, it has one. */
static void a_header_can_be_parsed_alone(void **state)
{
    (void)state;
    char path[] = "/tmp/artsync-csv-XXXXXX";
    int fd = mkstemp(path);
    FILE *out = fdopen(fd, "w");
    fwrite("\xFF\xFEI\0D\0;\0N\0a\0m\0e\0\n\0\x31\0;\0\xE9\0", 1, 24, out);
    fclose(out);
    Table table = {.name = "t", .columns = columns, .n_columns = 1, .id_headers = {names, 1}, .csv = {";", "UTF-16"}};
    Source source = source_at(&table, path);
    CsvFile file;
    Err err = {0};
    Buf seen = {0}, bytes = {0};
    assert_true(csv_read(&source, note, &seen, &file, &err));
    assert_non_null(strstr(seen.data, "1@2:8+4[1|é]"));
    assert_string_equal(source.encoding, "UTF-16");
    CsvReread *again = csv_reread_open(&source, &file.mark, &err);
    assert_true(csv_reread_record(again, (SourceLocator){CSV_NEEDS_SEP(';', 0), 7}, &bytes, &err));
    assert_string_equal(bytes.data, "sep=;\nID;Name");
    assert_true(csv_reread_record(again, (SourceLocator){8, 4}, &bytes, &err));
    assert_string_equal(bytes.data, "1;é");
    assert_true(csv_reread_unchanged(again, &err));
    csv_reread_free(again);
    buf_free(&seen);
    buf_free(&bytes);
    remove(path);
}

/* ---- writing ---- */

static void expect_written(const char *delimiter, const char *encoding, Str text)
{
    char *made = NULL;
    size_t size = 0;
    Err err = {0};
    FILE *out = open_memstream(&made, &size);
    const CsvDialect dialect = {delimiter, encoding};
    CsvWriter *writer = csv_writer_new(out, &dialect, &err);
    assert_non_null(writer);
    csv_write_cell(writer, "a;b");
    csv_write_cell(writer, "é,");
    assert_true(csv_write_end(writer, &err));
    csv_write_cell(writer, "Ł\xF0\x9F\x98\x80");
    if (!csv_write_end(writer, &err)) {
        assert_non_null(strstr(err.message, "lacks the character U+0141"));
        csv_write_note(writer, "é Ł\xF0\x9F\x98\x80!");
        assert_true(csv_write_end(writer, &(Err){0}));
    }
    csv_writer_free(writer);
    fclose(out);
    if (size != text.n || memcmp(made, text.p, size) != 0)
        fail_msg("%.*s", (int)size, made);
    free(made);
    err_clear(&err);
}

#define BOM "\xEF\xBB\xBF"

static void written_in_its_own_form(void **state)
{
    (void)state;
    expect_written(NULL, NULL, STR(BOM "a;b,\"é,\"\nŁ\xF0\x9F\x98\x80"));
    expect_written("auto", "auto", STR(BOM "a;b,\"é,\"\nŁ\xF0\x9F\x98\x80"));
    expect_written(";", "utf8", STR(BOM "\"a;b\";é,\nŁ\xF0\x9F\x98\x80"));
    expect_written("\t", "windows-1252",
                   STR("a;b\t\xE9,\n\xE9 ?"
                       "?!"));
    expect_written("|", "UTF-16",
                   STR("\xFF\xFE"
                       "a\0;\0b\0|\0\xE9\0,\0\n\0\x41\x01\x3D\xD8\x00\xDE"));
    expect_written("|", "UTF-16BE", STR("\xFE\xFF\0a\0;\0b\0|\0\xE9\0,\0\n\x01\x41\xD8\x3D\xDE\x00"));
}

static void what_separates_stored_cells(void **state)
{
    (void)state;
    size_t skip;
    assert_int_equal(csv_delimiter_of(STR("sep=;\na;b"), &skip), ';');
    assert_int_equal(skip, 6);
    assert_int_equal(csv_delimiter_of(STR("\"sep=\t\"\r\na\tb"), &skip), '\t');
    assert_int_equal(skip, 9);
    assert_int_equal(csv_delimiter_of(STR("a;b\nc"), &skip), ',');
    assert_int_equal(skip, 0);
}

/* ---- patterns ---- */

static void names_that_fit_a_pattern(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Editions-All Records*.csv", "Editions-All Records.csv"},
        {"*.csv", "word.csv"},
        {"t?.csv", "t_.csv"},
        {"[ab]*[!x].csv", "a_.csv"},
        {"a\\*b", "a*b"},
        {"[", "["},
        {".*", "."},
        {"plain", "plain"},
    };
    Arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *name = glob_example(cases[i][0], "word", &arena);
        CASE("%s", cases[i][0]);
        assert_string_equal(name, cases[i][1]);
        assert_true(glob_matches(cases[i][0], name));
    }
    assert_null(glob_example("[!_]", "word", &arena));
    assert_false(glob_matches("*.csv", ".hidden.csv"));
    assert_false(glob_matches("a*", "b"));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_of_a_chunk),    cmocka_unit_test(letters_are_counted_alike_wherever_chunks_end),
        cmocka_unit_test(what_a_file_shows),        cmocka_unit_test(a_header_can_be_parsed_alone),
        cmocka_unit_test(written_in_its_own_form),  cmocka_unit_test(what_separates_stored_cells),
        cmocka_unit_test(names_that_fit_a_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

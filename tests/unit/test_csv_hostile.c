/* Files that are broken, or no CSV at all: the right error, said so that people know what to do, in bounded memory. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/source/csv/internal.h"
#include "folder.h"

static bool count(void *ctx, const RawRecord *record, Err *err)
{
    (void)record;
    (void)err;
    ++*(int *)ctx;
    return true;
}

typedef struct Case {
    Str csv;
    ErrCode code;
    const char *message, *hint; /* parts of them; hint NULL: any */
    int records;                /* that reached the sink before, the header included; -1: any */
} Case;

static void expect_failure(const Case *c, size_t chunk)
{
    Err err = {0};
    int n = 0;
    bool ok = csv_read_chunks(c->csv, "x.csv", chunk, count, &n, &err);
    if (ok || err.code != c->code || !strstr(err.message, c->message) || (c->hint && !strstr(err.hint, c->hint)))
        fail_msg("expected \"%s\" (%s), got \"%s\" (%s)", c->message, c->hint, ok ? "success" : err.message, err.hint);
    if (chunk == CSV_CHUNK && c->records >= 0)
        assert_int_equal(n, c->records);
    err_clear(&err);
}

static void expect_failures(const Case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t chunk = 1; chunk < 20; chunk++)
            expect_failure(&cases[i], chunk < 19 ? chunk : CSV_CHUNK);
}
#define EXPECT_FAILURES(cases) expect_failures(cases, sizeof(cases) / sizeof *(cases))

static void broken_quoting(void **state)
{
    (void)state;
    const Case cases[] = {
        {STR("a\n1\n\"2\n3\n"), ERR_CSV, "x.csv: record 2 (line 3): broken quoting: a quote is opened and never closed",
         "doubled", 2},
        {STR("a\n\"1\n2\"\n\"x"), ERR_CSV, "record 2 (line 4): broken quoting: a quote is opened", NULL, 2},
        {STR("a,b\n1,2\nx\"y,3\n"), ERR_CSV, "record 2 (line 3): broken quoting: a quote inside a cell that is not",
         "must be quoted", 2},
        {STR("a,b\n\"1\n\n\"2,3\n\"z\"\n"), ERR_CSV, "record 1 (line 4): broken quoting: text after the closing quote", NULL,
         1},
        {STR("a,b\n\"1\" ,2\n"), ERR_CSV, "record 1 (line 2): broken quoting: text after", NULL, 1},
        {STR("a\"b,c\n1,2\n"), ERR_CSV, "x.csv: header (line 1): broken quoting", NULL, 0},
        {STR("a,b\n 1,\"2\" \n"), ERR_CSV, "record 1 (line 2): broken quoting", NULL, 1},
        {STR("\"a,\"\"b\",\"c"), ERR_CSV, "header (line 1): broken quoting: a quote is opened", NULL, 0},
    };
    EXPECT_FAILURES(cases);
}

static void nul_bytes(void **state)
{
    (void)state;
    const Case cases[] = {
        {STR("aaaa,b\n1,2\n3,\0\n"), ERR_CSV, "x.csv: record 2 (line 3): a NUL byte", NULL, 2},
        {STR("aaaa,b\n\"1\n\n\0\",2\n"), ERR_CSV, "record 1 (line 4): a NUL byte", NULL, 1},
        {STR("aaaa,\0b\n"), ERR_CSV, "header (line 1): a NUL byte", NULL, 0},
        {STR("aaaa\n1\r\0"), ERR_CSV, "record 2 (line 3): a NUL byte", NULL, 2},
    };
    EXPECT_FAILURES(cases);
}

static void other_encodings(void **state)
{
    (void)state;
    const Case cases[] = {
        {STR("\xFF\xFE"
             "a\0,\0b\0\n\0"),
         ERR_CSV, "x.csv: it is UTF-16", "convert it to UTF-8", 0},
        {STR("\xFE\xFF\0a\0,\0b\0\n"), ERR_CSV, "it is UTF-16", NULL, 0},
        {STR("\xFF\xFE\0\0a\0\0\0"), ERR_CSV, "it is UTF-32", "convert it to UTF-8", 0},
        {STR("\0\0\xFE\xFF\0\0\0a"), ERR_CSV, "it is UTF-32", NULL, 0},
        {STR("a\0,\0b\0\n\0"), ERR_CSV, "it is UTF-16 (little endian)", NULL, 0},
        {STR("\0a\0,\0b\0\n"), ERR_CSV, "it is UTF-16 (big endian)", NULL, 0},
        {STR("a\0\0\0,\0\0\0"), ERR_CSV, "it is UTF-32 (little endian)", NULL, 0},
        {STR("\0\0\0a\0\0\0,"), ERR_CSV, "it is UTF-32 (big endian)", NULL, 0},
    };
    EXPECT_FAILURES(cases);
}

static void other_kinds_of_file(void **state)
{
    (void)state;
    const Case cases[] = {
        {STR(""), ERR_CSV, "x.csv: the file is empty", NULL, 0},
        {STR("\xEF\xBB\xBF"), ERR_CSV, "the file is empty", NULL, 0},
        {STR("\n\r\n\n"), ERR_CSV, "the file is empty", NULL, 0},
        {STR("\x1F\x8B\x08\0\0\0"), ERR_CSV, "compressed with gzip", "gunzip", 0},
        {STR("PK\3\4\x14\0"), ERR_CSV, "zip archive or a spreadsheet", "save the spreadsheet as CSV", 0},
        {STR("\xD0\xCF\x11\xE0\xA1"), ERR_CSV, "spreadsheet (.xls)", NULL, 0},
        {STR("<!DOCTYPE html><html>"), ERR_CSV, "a web page", NULL, 0},
        {STR("a;b;c\n1;2;3\n"), ERR_CSV, "x.csv: the cells are separated by semicolons", "commas", 0},
        {STR("a\tb\n1\t2\n"), ERR_CSV, "the cells are separated by tabs", "commas", 0},
        {STR("\"a\";\"b\"\n"), ERR_CSV, "a quoted cell ends at a semicolon or tab", "commas", 0},
        {STR("\"a,b\"\t\"c\"\n"), ERR_CSV, "a quoted cell ends at a semicolon or tab", "commas", 0},
    };
    EXPECT_FAILURES(cases);
}

static void a_header_alone_is_fine(void **state)
{
    (void)state;
    Err err = {0};
    int n = 0;
    assert_true(csv_read_bytes(STR("a;b,c\n"), "x.csv", count, &n, &err));
    assert_int_equal(n, 1);
}

/* ---- limits ---- */

static Buf repeated(const char *head, const char *piece, size_t times, const char *tail)
{
    Buf buf = {0};
    buf_str(&buf, head);
    for (size_t i = 0, n = strlen(piece); i < times; i++)
        buf_add(&buf, piece, n);
    buf_str(&buf, tail);
    return buf;
}

static void expect_limit(Buf csv, const char *message)
{
    Case c = {buf_view(&csv), ERR_LIMIT, message, "missing?", -1};
    expect_failure(&c, CSV_CHUNK);
    buf_free(&csv);
}

static const char kilo[] =
    "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno"
    "pqrstuvwxyz 123456789abcdefghijklm";

static void limits_name_the_record(void **state)
{
    (void)state;
    size_t n = sizeof kilo - 1;
    expect_limit(repeated("a\n1\n", ",", 5000, "\n"), "x.csv: record 2 (line 3): more than 5,000 cells");
    expect_limit(repeated("a\n", "\"\",", 5000, "\n"), "record 1 (line 2): more than 5,000 cells");
    expect_limit(repeated("a\n1\n", kilo, CSV_MAX_CELL / n + 1, "\n"), "record 2 (line 3): a cell of more than 16 MiB");
    expect_limit(repeated("a\n\"", kilo, CSV_MAX_CELL / n + 1, "\"\n"), "record 1 (line 2): a cell of more than 16");
    expect_limit(repeated("a\n1\n", kilo, CSV_MAX_RECORD / n + 4096, "\n"), "record 2 (line 3): a record of more than");
    expect_limit(repeated("a\n\"", kilo, CSV_MAX_RECORD / n + 4096, "\"\n"), "record 1 (line 2): a record of more");
}

static void cells_up_to_the_limit_pass(void **state)
{
    (void)state;
    Buf wide = repeated("", ",", 4999, "\n"), cell = repeated("a\n\"", kilo, CSV_MAX_CELL / (sizeof kilo - 1), "\"");
    Err err = {0};
    int n = 0;
    assert_true(csv_read_bytes(buf_view(&wide), "x.csv", count, &n, &err));
    assert_true(csv_read_bytes(buf_view(&cell), "x.csv", count, &n, &err));
    assert_int_equal(n, 3);
    buf_free(&wide);
    buf_free(&cell);
}

/* A stray quote makes one record of all the rest; the news is the quote, not the length. */
static void a_stray_quote_before_much_text(void **state)
{
    (void)state;
    Buf csv = repeated("a\nx\"y\n", "some,more,records\n", CSV_MAX_RECORD / 18 + 40000, "");
    Case c = {buf_view(&csv), ERR_CSV, "record 1 (line 2): broken quoting: a quote inside", NULL, 1};
    expect_failure(&c, CSV_CHUNK);
    buf_free(&csv);
}

/* ---- files ---- */

static const char *at(const char *name)
{
    static char path[4][256]; /* good for four calls */
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void put(const char *name, const char *text)
{
    FILE *out = fopen(at(name), "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static void expect_file(const char *path, ErrCode code, const char *message, const char *hint)
{
    char hash[SHA256_HEX];
    for (int way = 0; way < 2; way++) {
        Err err = {0};
        int n = 0;
        Source source = source_at(NULL, path);
        assert_false(way ? csv_hash(&source, hash, &err) : csv_read(&source, count, &n, NULL, &err));
        if (err.code != code || !strstr(err.message, message) || (hint && !(err.hint && strstr(err.hint, hint))))
            fail_msg("expected \"%s\" (%s), got \"%s\" (%s)", message, hint, err.message, err.hint);
        err_clear(&err);
    }
}

static void missing_files(void **state)
{
    (void)state;
    put("Prints-Grid view (1).csv", "a\n");
    put("PRINTS-grid VIEW (2x).csv", "a\n");
    put("Prints-Grid view (a).csv", "a\n");
    expect_file(at("Prints-Grid view.csv"), ERR_MISSING, "there is no file ", "\"Prints-Grid view (1).csv\" exists");
    put("Prints-Grid view (12).csv", "a\n");
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, at("Prints-Grid view (1).csv"), times, 0), 0);
    expect_file(at("Prints-Grid view.csv"), ERR_MISSING, "no file", "\"Prints-Grid view (12).csv\" exists");
    put("editions.CSV", "a\n");
    expect_file(at("Editions.csv"), ERR_MISSING, "no file", "\"editions.CSV\" exists");
    expect_file(at("other.csv"), ERR_MISSING, "no file", "export the view");
    expect_file(at("nowhere/x.csv"), ERR_MISSING, "no file", "there is no folder ");
    expect_file("not-here.csv", ERR_MISSING, "no file not-here.csv", "export the view");
    expect_file("/not-here.csv", ERR_MISSING, "no file /not-here.csv", "export the view");
    expect_file(at("editions.CSV/x.csv"), ERR_MISSING, "no file", "there is no folder ");
}

static void no_regular_files(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(at("fifo"), 0600), 0);
    expect_file(at("fifo"), ERR_CSV, "is a FIFO, not a file", "regular file");
    expect_file(folder, ERR_CSV, "is a folder, not a file", NULL);
    expect_file("/dev/null", ERR_CSV, "is a device", NULL);
    expect_file("/dev/zero", ERR_CSV, "is a device", NULL);
    assert_int_equal(symlink("loop", at("loop")), 0);
    expect_file(at("loop"), ERR_IO, "cannot open", "circle");
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s/socket", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    expect_file(at("socket"), ERR_CSV, "is a socket", NULL);
    close(fd);
    put("utf16.csv", "\xFF\xFE"
                     "a");
    expect_file(at("utf16.csv"), ERR_CSV, "it is UTF-16", NULL);
    put("empty.csv", "");
    expect_file(at("empty.csv"), ERR_CSV, "the file is empty", NULL);
    if (geteuid() != 0) {
        put("secret.csv", "a\n");
        assert_int_equal(chmod(at("secret.csv"), 0), 0);
        expect_file(at("secret.csv"), ERR_IO, "cannot open", NULL);
    }
}

/* ---- a file that changes under the reader's hands ---- */

typedef enum Change { GROW, SHRINK, TOUCH, REPLACE, REMOVE, BREAK } Change;

static bool change_file(void *ctx, const RawRecord *record, Err *err)
{
    (void)err;
    if (record->position.number != 1)
        return true;
    FILE *out;
    struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    switch (*(Change *)ctx) {
    case GROW:
    case BREAK:
        out = fopen(at("live.csv"), "a");
        fputs(*(Change *)ctx == GROW ? "one more\n" : "\"half a rec", out);
        fclose(out);
        break;
    case SHRINK:
        assert_int_equal(truncate(at("live.csv"), 300000), 0);
        break;
    case TOUCH:
        assert_int_equal(utimensat(AT_FDCWD, at("live.csv"), times, 0), 0);
        break;
    case REPLACE:
        put("live.new", "a\n");
        assert_int_equal(rename(at("live.new"), at("live.csv")), 0);
        break;
    case REMOVE:
        assert_int_equal(unlink(at("live.csv")), 0);
    }
    return true;
}

static void changing_files(void **state)
{
    (void)state;
    for (Change change = GROW; change <= BREAK; change++) {
        FILE *out = fopen(at("live.csv"), "w");
        for (int i = 0; i < 100000; i++)
            fprintf(out, "record %d\n", i);
        fclose(out);
        Err err = {0};
        CsvFile file;
        char path[256];
        snprintf(path, sizeof path, "%s/live.csv", folder);
        Source source = source_at(NULL, path);
        assert_false(csv_read(&source, change_file, &change, &file, &err));
        assert_int_equal(err.code, ERR_CSV);
        if (!strstr(err.message, "live.csv changed while it was read, up to byte "))
            fail_msg("change %d: %s", (int)change, err.message);
        err_clear(&err);
    }
}

static void expect_changed(CsvReread *again, bool ok, Err *err)
{
    assert_false(ok);
    assert_int_equal(err->code, ERR_CSV);
    assert_non_null(strstr(err->message, "live.csv changed while it was read"));
    err_clear(err);
    csv_reread_free(again);
}

/* Records are read again after the whole file: bytes of another one must not pass for them. */
static void a_file_that_is_read_again(void **state)
{
    (void)state;
    char *path = mem_dup(at("live.csv"));
    put("live.csv", "a,b\n1,\"x\"\n2,y\n");
    Err err = {0};
    CsvFile file;
    Buf bytes = {0};
    int n = 0;
    Source source = source_at(NULL, path);
    assert_true(csv_read(&source, count, &n, &file, &err));
    CsvReread *again = csv_reread_open(&source, &file.mark, &err);
    assert_true(csv_reread_record(again, (SourceLocator){4, 5}, &bytes, &err));
    assert_string_equal(bytes.data, "1,\"x\"");
    assert_true(csv_reread_unchanged(again, &err));
    expect_changed(NULL, csv_reread_record(again, (SourceLocator){10, 100}, &bytes, &err), &err); /* more than there is */
    put("live.csv", "a,b\n1,\"z\"\n2,yes\n"); /* under our hands */
    expect_changed(again, csv_reread_unchanged(again, &err), &err);
    expect_changed(NULL, csv_reread_open(&source, &file.mark, &err), &err);
    assert_true(csv_read(&source, count, &n, &file, &err));
    again = csv_reread_open(&source, &file.mark, &err);
    put("new.csv", "a,b\n7,\"q\"\n8,r\n");
    assert_int_equal(rename(at("new.csv"), path), 0); /* in its place: what is open is what was read */
    assert_true(csv_reread_record(again, (SourceLocator){4, 5}, &bytes, &err));
    assert_string_equal(bytes.data, "1,\"z\"");
    csv_reread_free(again);
    expect_changed(NULL, csv_reread_open(&source, &file.mark, &err), &err);
    assert_int_equal(unlink(path), 0);
    assert_null(csv_reread_open(&source, &file.mark, &err));
    assert_int_equal(err.code, ERR_IO);
    err_clear(&err);
    buf_free(&bytes);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_quoting),
        cmocka_unit_test(nul_bytes),
        cmocka_unit_test(other_encodings),
        cmocka_unit_test(other_kinds_of_file),
        cmocka_unit_test(a_header_alone_is_fine),
        cmocka_unit_test(limits_name_the_record),
        cmocka_unit_test(cells_up_to_the_limit_pass),
        cmocka_unit_test(a_stray_quote_before_much_text),
        cmocka_unit_test(missing_files),
        cmocka_unit_test(no_regular_files),
        cmocka_unit_test(changing_files),
        cmocka_unit_test(a_file_that_is_read_again),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

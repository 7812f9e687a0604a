/* CSV in: what the cells are, where each record is; CSV out: what comes back in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "artsync/csv_writer.h"
#include "../../src/source/csv/internal.h"

#define BOM "\xEF\xBB\xBF"

/* ---- a sink that writes down what it gets ---- */

typedef struct Seen {
    Buf text; /* number@line:offset+length[cell|cell] per record */
    int64_t places[512][4];
    int n, stop_at;
} Seen;

static bool note(void *ctx, const RawRecord *record, Err *err)
{
    Seen *seen = ctx;
    const SourcePosition *place = &record->position;
    if (seen->n < 512)
        memcpy(seen->places[seen->n], (int64_t[]){place->number, place->line, place->locator.start, place->locator.length},
               sizeof seen->places[0]);
    seen->n++;
    buf_printf(&seen->text, "%d@%d:%d+%d[", (int)place->number, (int)place->line, (int)place->locator.start,
               (int)place->locator.length);
    for (int i = 0; i < record->n_cells; i++) {
        assert_int_equal(record->cells[i].p[record->cells[i].n], '\0');
        buf_str(&seen->text, i ? "|" : "");
        buf_add(&seen->text, record->cells[i].p, record->cells[i].n);
    }
    buf_str(&seen->text, "]");
    if (seen->stop_at && seen->n == seen->stop_at)
        return err_set(err, ERR_GUARD, NULL, "enough");
    return true;
}

static void expect(Str csv, const char *records)
{
    for (size_t chunk = 1; chunk <= csv.n + 1; chunk++) {
        Seen seen = {0};
        Err err = {0};
        bool ok = csv_read_chunks(csv, "x.csv", chunk, note, &seen, &err);
        if (!ok)
            print_error("chunk %zu: %s\n", chunk, err.message);
        assert_true(ok);
        assert_string_equal(seen.text.data, records);
        buf_free(&seen.text);
    }
}

static void cells_and_places(void **state)
{
    (void)state;
    expect(STR("a,b\n1,2"), "0@1:0+3[a|b]1@2:4+3[1|2]");
    expect(STR(BOM "a,b\n1,2\n"), "0@1:3+3[a|b]1@2:7+3[1|2]");
    expect(STR(BOM "\"a\",b\n1,\n"), "0@1:3+5[a|b]1@2:9+2[1|]");
    expect(STR("a"), "0@1:0+1[a]");
    expect(STR("a,b\n,\n"), "0@1:0+3[a|b]1@2:4+1[|]");
    expect(STR("a\n\"\"\n"), "0@1:0+1[a]1@2:2+2[]");
}

/* Excel's first line. Where it names no comma, the header's place includes it: the header is read back under it. */
static void a_sep_line_says_what_separates_the_cells(void **state)
{
    (void)state;
    expect(STR("sep=,\na,b\n1,2"), "0@2:6+3[a|b]1@3:10+3[1|2]");
    expect(STR(BOM "\"sep=;\"\r\na;b\r\n1,5;\"x;y\"\r\n"), "0@2:3+12[a|b]1@3:17+9[1,5|x;y]");
    expect(STR("SEP=\t\na\tb\n1\t2"), "0@2:0+9[a|b]1@3:10+3[1|2]");
    expect(STR("\nsep=|\na|b\n"), "0@3:1+9[a|b]");
    expect(STR("a,b\nsep=,\n"), "0@1:0+3[a|b]1@2:4+5[sep=|]");
    expect(STR("sep=,\nsep=,\n"), "0@2:6+5[sep=|]");
    expect(STR("sep=x\n1\n"), "0@1:0+5[sep=x]1@2:6+1[1]");
}

static void blanks_around_cells_stay(void **state)
{
    (void)state;
    expect(STR("a,b\n x , \t\n"), "0@1:0+3[a|b]1@2:4+6[ x | \t]");
    expect(STR("a\n   \n"), "0@1:0+1[a]1@2:2+3[   ]");
    expect(STR("a,b\n\" x \",y \n"), "0@1:0+3[a|b]1@2:4+8[ x |y ]");
}

static void quotes(void **state)
{
    (void)state;
    expect(STR("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n"), "0@1:0+3[a|b]1@2:4+18[x,y|say \"hi\"]");
    expect(STR("a\n\"\"\"\"\n"), "0@1:0+1[a]1@2:2+4[\"]");
    expect(STR("\"a\"\n\"b\""), "0@1:0+3[a]1@2:4+3[b]");
}

static void lines_are_physical_lines(void **state)
{
    (void)state;
    expect(STR("a,b\n\"1\n2\",x\n3,4\n"), "0@1:0+3[a|b]1@2:4+7[1\n2|x]2@4:12+3[3|4]");
    expect(STR("a\r\n\"1\r\n2\"\r\n3\r\n"), "0@1:0+1[a]1@2:3+6[1\r\n2]2@4:11+1[3]");
    expect(STR("\"a\nb\",c\n1,2"), "0@1:0+7[a\nb|c]1@3:8+3[1|2]");
    expect(STR("a\r1\r2"), "0@1:0+1[a]1@2:2+1[1]2@3:4+1[2]");
    expect(STR("a\n\"x\ry\"\nz\r"), "0@1:0+1[a]1@2:2+5[x\ry]2@4:8+1[z]");
    expect(STR("a\n1\r\n2\r3\n\r4"), "0@1:0+1[a]1@2:2+1[1]2@3:5+1[2]3@4:7+1[3]4@6:10+1[4]");
}

static void blank_lines_count_as_lines_only(void **state)
{
    (void)state;
    expect(STR("\n\r\na,b\n\n\r\n1,2\n\n"), "0@3:3+3[a|b]1@6:10+3[1|2]");
}

static void ragged_records_pass(void **state)
{
    (void)state;
    expect(STR("a,b\n1\n1,2,3\n"), "0@1:0+3[a|b]1@2:4+1[1]2@3:6+5[1|2|3]");
}

static void sink_stops_reading(void **state)
{
    (void)state;
    Seen seen = {.stop_at = 2};
    Err err = {0};
    assert_false(csv_read_bytes(STR("a\n1\n2\n"), "x.csv", note, &seen, &err));
    assert_int_equal(err.code, ERR_GUARD);
    assert_int_equal(seen.n, 2);
    err_clear(&err);
    buf_free(&seen.text);
}

/* ---- property: whatever is written is read back, at the place where it was written ---- */

static unsigned seed;
static unsigned pick(unsigned n) { return (unsigned)rand_r(&seed) % n; }

static const char *const line_ends[] = {"\n", "\r\n"};

typedef struct Written {
    Buf csv, text;
    int64_t number, line;
} Written;

static void write_line_end(Written *w)
{
    buf_str(&w->csv, line_ends[pick(2)]);
    w->line++;
}

static void write_quoted(Written *w)
{
    static const char *const pieces[] = {"x", ",", "\"\"", "\n", "\r\n", " ", "\xC3\xA9", ";"};
    buf_str(&w->csv, "\"");
    for (unsigned n = pick(6); n; n--) {
        const char *piece = pieces[pick(8)];
        bool after_cr = w->csv.data[w->csv.len - 1] == '\r';
        if (after_cr && piece[0] == '\n')
            continue;
        w->line += piece[0] == '\n' || piece[0] == '\r';
        buf_str(&w->csv, piece);
        buf_str(&w->text, piece[0] == '"' ? "\"" : piece);
    }
    buf_str(&w->csv, "\"");
}

static void write_record(Written *w)
{
    int64_t line = w->line;
    size_t start = w->csv.len, mark;
    Buf cells = {0}, outer = w->text;
    w->text = cells;
    for (unsigned i = 0, n = 2 + pick(4); i < n; i++) {
        buf_str(&w->csv, i ? "," : "");
        buf_str(&w->text, i ? "|" : "");
        if (pick(4) == 0)
            write_quoted(w);
        else
            for (mark = pick(5); mark; mark--) {
                buf_char(&w->csv, "ab -"[mark - 1]);
                buf_char(&w->text, "ab -"[mark - 1]);
            }
    }
    cells = w->text;
    w->text = outer;
    buf_printf(&w->text, "%d@%d:%d+%d[", (int)w->number++, (int)line, (int)start, (int)(w->csv.len - start));
    buf_add(&w->text, cells.data, cells.len);
    buf_str(&w->text, "]");
    buf_free(&cells);
}

static void places_are_exact_across_chunks(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        seed = round;
        Written w = {.line = 1};
        buf_str(&w.csv, pick(2) ? BOM : "");
        for (unsigned n = 1 + pick(8); n; n--) {
            write_record(&w);
            if (n > 1 || pick(2))
                write_line_end(&w);
            while (pick(5) == 0 && n > 1)
                write_line_end(&w);
        }
        for (size_t chunk = 1; chunk < 40; chunk += 1 + pick(3)) {
            Seen seen = {0};
            Err err = {0};
            assert_true(csv_read_chunks(buf_view(&w.csv), "x.csv", chunk, note, &seen, &err));
            if (strcmp(seen.text.data, w.text.data) != 0)
                print_error("round %u chunk %zu\n%s\n", round, chunk, w.csv.data);
            assert_string_equal(seen.text.data, w.text.data);
            buf_free(&seen.text);
        }
        buf_free(&w.csv);
        buf_free(&w.text);
    }
}

/* The bytes at offset and length, read as a file of their own, are the same record. */
static void a_place_can_be_read_again(void **state)
{
    (void)state;
    Str csv = STR(BOM "h,i\r\n\"a\r\nb\",\"c\"\"\"\r\n\r\n\"x\",\r\n");
    Seen seen = {0}, again = {0};
    Err err = {0};
    assert_true(csv_read_bytes(csv, "x.csv", note, &seen, &err));
    assert_int_equal(seen.n, 3);
    Str raw = {csv.p + seen.places[1][2], (size_t)seen.places[1][3]};
    assert_true(csv_read_bytes(raw, "x.csv", note, &again, &err));
    assert_string_equal(again.text.data, "0@1:0+12[a\r\nb|c\"]");
    buf_free(&seen.text);
    buf_free(&again.text);
}

/* ---- files ---- */

static void a_file_with_its_hash(void **state)
{
    (void)state;
    char path[] = "/tmp/artsync-csv-XXXXXX", again[SHA256_HEX];
    CsvFile file;
    int fd = mkstemp(path);
    FILE *out = fdopen(fd, "w");
    fputs("a,b\n", out);
    for (int i = 0; i < 100000; i++)
        fprintf(out, "%d,\"x\n%d\"\n", i, i);
    fclose(out);
    Seen seen = {0};
    Err err = {0};
    Source source = source_at(NULL, path);
    assert_true(csv_read(&source, note, &seen, &file, &err));
    assert_int_equal(seen.n, 100001);
    assert_true(csv_read(&source, note, &seen, NULL, &err));
    assert_true(csv_hash(&source, again, &err));
    assert_string_equal(file.sha256, again);
    Buf text = {0};
    buf_reserve(&text, 4 << 20);
    FILE *in = fopen(path, "r");
    text.len = fread(text.data, 1, 4 << 20, in);
    fclose(in);
    sha256_of(buf_view(&text), again);
    assert_string_equal(file.sha256, again);
    buf_free(&text);
    buf_free(&seen.text);
    unlink(path);
}

/* ---- writing ---- */

static char *written(void (*write)(CsvWriter *))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    CsvWriter *writer = csv_writer_new(out, NULL, &(Err){0});
    write(writer);
    csv_writer_free(writer);
    fclose(out);
    return text;
}

static void some_records(CsvWriter *w)
{
    const char *const cells[] = {"Name", "a,b", "say \"hi\"", "two\nlines", "cr\rhere", " x ", "", NULL, "\xC2\xA3 5"};
    for (int i = 0; i < 9; i++)
        csv_write_cell(w, cells[i]);
    assert_true(csv_write_end(w, &(Err){0}));
    csv_write_bytes(w, STR("1,\"2\",3"));
    csv_write_cell(w, "why");
    assert_true(csv_write_end(w, &(Err){0}));
}

static void writes_as_airtable_does(void **state)
{
    (void)state;
    char *text = written(some_records);
    assert_string_equal(text, BOM "Name,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\rhere\", x ,,,\xC2\xA3 5\n"
                                  "1,\"2\",3,why");
    free(text);
}

static void one_empty_cell(CsvWriter *w)
{
    csv_write_cell(w, "h");
    assert_true(csv_write_end(w, &(Err){0}));
    csv_write_cell(w, NULL);
    assert_true(csv_write_end(w, &(Err){0}));
    csv_write_bytes(w, STR(""));
    assert_true(csv_write_end(w, &(Err){0}));
    assert_true(csv_write_end(w, &(Err){0}));
    csv_write_cell(w, "");
    csv_write_cell(w, "");
    assert_true(csv_write_end(w, &(Err){0}));
}

static void an_empty_record_comes_back(void **state)
{
    (void)state;
    char *text = written(one_empty_cell);
    assert_string_equal(text, BOM "h\n\"\"\n\"\"\n\"\"\n,");
    Seen seen = {0};
    Err err = {0};
    assert_true(csv_read_bytes(str_of(text), "x.csv", note, &seen, &err));
    assert_int_equal(seen.n, 5);
    buf_free(&seen.text);
    free(text);
}

static void elements_are_quoted_where_needed(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Harbour", "Harbour"},
        {"Ghost, clone", "\"Ghost, clone\""},
        {"5\" dial", "\"5\"\" dial\""},
        {"a\nb", "\"a\nb\""},
        {"", ""},
    };
    for (size_t i = 0; i < 5; i++) {
        Buf out = {0};
        csv_quote_element(&out, cases[i][0]);
        assert_string_equal(out.data, cases[i][1]);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_and_places),
        cmocka_unit_test(a_sep_line_says_what_separates_the_cells),
        cmocka_unit_test(blanks_around_cells_stay),
        cmocka_unit_test(quotes),
        cmocka_unit_test(lines_are_physical_lines),
        cmocka_unit_test(blank_lines_count_as_lines_only),
        cmocka_unit_test(ragged_records_pass),
        cmocka_unit_test(sink_stops_reading),
        cmocka_unit_test(places_are_exact_across_chunks),
        cmocka_unit_test(a_place_can_be_read_again),
        cmocka_unit_test(a_file_with_its_hash),
        cmocka_unit_test(writes_as_airtable_does),
        cmocka_unit_test(an_empty_record_comes_back),
        cmocka_unit_test(elements_are_quoted_where_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

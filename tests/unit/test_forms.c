/* The report model as text and as JSON: what a command describes once is what both forms show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "artsync/cells.h"
#include "artsync/report.h"
#include "case.h"

/* The same JSON without its layout, malloc'ed. */
static char *without_layout(const char *json)
{
    cJSON *root = cJSON_Parse(json);
    assert_non_null(root);
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return text;
}

/* Write `sections` in the form called `form` and compare; of JSON the content. */
static void expect(const char *form, const ReportSection *sections, void *ctx, const char *want)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    Err err = {0};
    CASE("as %s", form);
    assert_true(report_write(report_form(form), out, sections, ctx, NULL, &err));
    assert_int_equal(fclose(out), 0);
    char *content = strcmp(form, "json") == 0 ? without_layout(text) : mem_dup(text);
    assert_string_equal(content, want);
    free(content);
    free(text);
}

static void forms_are_found_by_name(void **state)
{
    (void)state;
    assert_int_equal(report_audience(report_form("json")), FOR_PROGRAMS);
    assert_int_equal(report_audience(report_form("text")), FOR_TERMINAL);
    assert_null(report_form("nothing"));
}

/* ---- fields and sections ---- */

static bool write_fields(Report *report, void *ctx, Err *err)
{
    (void)ctx;
    (void)err;
    report_text(report, "name", "The Quay");
    report_text(report, "note", NULL);
    report_count(report, "rows", 8400);
    report_bool(report, "dry_run", false);
    report_field(report, "age", NULL, CELL_AGE, NULL);
    report_object(report, "inner");
    report_list(report, "items");
    report_text(report, NULL, "one");
    report_close(report);
    report_close(report);
    return true;
}

static bool write_lines(Report *report, void *ctx, Err *err)
{
    (void)ctx;
    (void)err;
    report_line(report, "Rows of %s", "prints");
    report_heading(report, "Next");
    report_part(report, STYLE_PLAIN, "a");
    report_part(report, STYLE_BAD, "b");
    report_line_end(report);
    report_gap(report);
    report_gap(report); /* there is one already */
    report_line(report, "end");
    return true;
}

static void fields_are_for_programs_and_lines_for_people(void **state)
{
    (void)state;
    const ReportSection sections[] = {{FOR_ALL, 1, write_fields}, {FOR_ALL, 2, write_lines}, {0}};
    expect("json", sections, NULL,
           "{\"name\":\"The Quay\",\"note\":null,\"rows\":8400,\"dry_run\":false,\"age\":null,"
           "\"inner\":{\"items\":[\"one\"]}}");
    expect("text", sections, NULL, "Rows of prints\n\nNext\nab\n\nend\n");
}

static bool write_first(Report *report, void *ctx, Err *err)
{
    (void)ctx;
    (void)err;
    report_text(report, "first", "1");
    report_line(report, "first");
    return true;
}

static bool write_second(Report *report, void *ctx, Err *err)
{
    (void)ctx;
    (void)err;
    report_text(report, "second", "2");
    report_line(report, "second");
    return true;
}

static void sections_have_an_order_for_each_audience(void **state)
{
    (void)state;
    const ReportSection turned[] = {{FOR_ALL, 2, write_first}, {FOR_ALL, 1, write_second}, {0}};
    expect("json", turned, NULL, "{\"first\":\"1\",\"second\":\"2\"}");
    expect("text", turned, NULL, "second\nfirst\n");
    const ReportSection divided[] = {{FOR_PROGRAMS, 1, write_first}, {FOR_PEOPLE, 1, write_second}, {0}};
    expect("json", divided, NULL, "{\"first\":\"1\"}");
    expect("text", divided, NULL, "second\n");
}

static bool write_and_fail(Report *report, void *ctx, Err *err)
{
    (void)ctx;
    report_list(report, "rows");
    report_text(report, NULL, "one");
    return err_set(err, ERR_DATABASE, NULL, "the server went away");
}

static void json_is_complete_when_a_section_fails(void **state)
{
    (void)state;
    const ReportSection sections[] = {{FOR_ALL, 1, write_and_fail}, {FOR_ALL, 2, write_first}, {0}};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    Err err = {0};
    assert_false(report_write(report_form("json"), out, sections, NULL, NULL, &err));
    assert_int_equal(fclose(out), 0);
    cJSON *root = cJSON_Parse(text);
    assert_non_null(root);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "rows")), 1);
    cJSON *error = cJSON_GetObjectItem(root, "error");
    assert_string_equal(cJSON_GetObjectItem(error, "message")->valuestring, "the server went away");
    cJSON_Delete(root);
    free(text);
    err_clear(&err);
}

/* ---- tables ---- */

enum { NAME, ROWS, LOST, TIME, SYNC, TAGS, COLUMNS_N };

static const ReportColumn columns[] = {
    [NAME] = {.key = "name", .heading = "name", .type = CELL_TEXT, .none = "-"},
    [ROWS] = {.key = "rows", .heading = "rows", .type = CELL_COUNT, .flags = AT_RIGHT},
    [LOST] = {.key = "lost", .heading = "lost", .type = CELL_COUNT, .flags = AT_RIGHT | WHERE_FILLED},
    [TIME] = {.key = "ms", .heading = "time", .type = CELL_DURATION},
    [SYNC] = {.key = "sync_id", .heading = "sync", .type = CELL_SYNC_ID},
    [TAGS] = {.key = "tags", .heading = "tags", .type = CELL_LIST},
};
static const ReportTable table = {.key = "tables", .title = "Tables", COLUMNS(columns)};

typedef struct Rows {
    const char *const (*cells)[COLUMNS_N];
    int n;
} Rows;

static bool write_table(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Rows *rows = ctx;
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < rows->n; i++)
        report_row(report, rows->cells[i]);
    report_table_end(report);
    return true;
}

static const ReportSection table_section[] = {{FOR_ALL, 1, write_table}, {0}};

static void cells_have_the_form_of_their_type(void **state)
{
    (void)state;
    Buf tags = {0};
    cells_add(&tags, "a");
    cells_add(&tags, "b,c");
    const char *const cells[][COLUMNS_N] = {
        {"prints", "8400", "0", "1449", "0123456789abcdef", tags.data},
        {NULL, "7", NULL, NULL, NULL, NULL},
    };
    Rows rows = {cells, 2};
    expect("json", table_section, &rows,
           "{\"tables\":[{\"name\":\"prints\",\"rows\":8400,\"lost\":0,\"ms\":1449,\"sync_id\":\"0123456789abcdef\","
           "\"tags\":[\"a\",\"b,c\"]},"
           "{\"name\":null,\"rows\":7,\"lost\":null,\"ms\":null,\"sync_id\":null,\"tags\":[]}]}");
    expect("text", table_section, &rows,
           "Tables\n"
           "name     rows    time  sync      tags\n"
           "prints  8,400  1.4 s   01234567  a, b,c\n"
           "-           7\n");
    buf_free(&tags);
}

static void an_optional_column_is_there_where_it_says_something(void **state)
{
    (void)state;
    const char *const cells[][COLUMNS_N] = {{"prints", "1", "3", "5", "s", ""}};
    Rows rows = {cells, 1};
    expect("text", table_section, &rows,
           "Tables\n"
           "name    rows  lost    time  sync  tags\n"
           "prints     1     3  5 ms    s\n");
}

static void a_table_without_rows_is_an_empty_list_and_no_text(void **state)
{
    (void)state;
    Rows rows = {NULL, 0};
    expect("json", table_section, &rows, "{\"tables\":[]}");
    expect("text", table_section, &rows, "");
}

/* Names and values come from exports: no byte of them moves a cursor, ends a line, or breaks JSON. */
static void hostile_text_is_made_safe(void **state)
{
    (void)state;
    const char *const cells[][COLUMNS_N] = {{"\033[2J\n\"x\\\xFF", "1", NULL, NULL, NULL, NULL}};
    char *text[2] = {NULL, NULL};
    size_t size[2];
    for (int i = 0; i < 2; i++) {
        Rows rows = {cells, 1};
        Err err = {0};
        FILE *out = open_memstream(&text[i], &size[i]);
        assert_true(report_write(report_form(i ? "json" : "text"), out, table_section, &rows, NULL, &err));
        assert_int_equal(fclose(out), 0);
        assert_null(strchr(text[i], '\033'));
        assert_null(strchr(text[i], '\xFF'));
    }
    int feeds = 0;
    for (const char *p = text[0]; *p; p++)
        feeds += *p == '\n';
    assert_int_equal(feeds, 3); /* title, headings, one row */
    cJSON *root = cJSON_Parse(text[1]);
    cJSON *name = cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(root, "tables"), 0), "name");
    assert_string_equal(name->valuestring, "\033[2J\n\"x\\\xEF\xBF\xBD");
    cJSON_Delete(root);
    free(text[0]);
    free(text[1]);
}

/* 東京 is two characters, six bytes and four columns of a terminal; é may be two characters of one column. */
static void wide_characters_are_aligned(void **state)
{
    (void)state;
    const char *const cells[][COLUMNS_N] = {{"東京", "1", NULL, NULL, NULL, NULL},
                                            {"e\xCC\x81", "12", NULL, NULL, NULL, NULL}};
    Rows rows = {cells, 2};
    expect("text", table_section, &rows,
           "Tables\n"
           "name  rows    time  sync  tags\n"
           "東京     1\n"
           "e\xCC\x81       12\n");
}

/* ---- lists ---- */

static void print_line(Report *report, void *ctx, const char *const *cells)
{
    report_line(report, "  %s%s", (const char *)ctx, cells[0]);
}

static bool is_x(const char *const *cells) { return strcmp(cells[0], "x") == 0; }

static bool write_list(Report *report, void *ctx, Err *err)
{
    static const ReportColumn one[] = {{.key = "name"}};
    static const ReportTable list = {.key = "names", .title = "Names", COLUMNS(one), .line = print_line, .skip = is_x,
                                     .shown = 2, .one = "other", .many = "others", .see = "; --json lists all"};
    (void)ctx;
    return report_spool(report, &list, "- ", ctx, err);
}

static void a_long_list_is_cut_for_people_only(void **state)
{
    (void)state;
    Spool *spool = spool_new();
    Err err = {0};
    static const char *const names[] = {"a", "x", "b", "c", "d"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CASE("%s", names[i]);
        Buf line = {0};
        cells_add(&line, names[i]);
        assert_true(spool_add(spool, line.data, &err));
        buf_free(&line);
    }
    const ReportSection sections[] = {{FOR_ALL, 1, write_list}, {0}};
    expect("json", sections, spool,
           "{\"names\":[{\"name\":\"a\"},{\"name\":\"x\"},{\"name\":\"b\"},{\"name\":\"c\"},{\"name\":\"d\"}]}");
    expect("text", sections, spool, "Names\n  - a\n  - b\n  and 2 others; --json lists all\n");
    expect("json", sections, NULL, "{\"names\":[]}");
    expect("text", sections, NULL, "");
    spool_free(spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_found_by_name),
        cmocka_unit_test(fields_are_for_programs_and_lines_for_people),
        cmocka_unit_test(sections_have_an_order_for_each_audience),
        cmocka_unit_test(json_is_complete_when_a_section_fails),
        cmocka_unit_test(cells_have_the_form_of_their_type),
        cmocka_unit_test(an_optional_column_is_there_where_it_says_something),
        cmocka_unit_test(a_table_without_rows_is_an_empty_list_and_no_text),
        cmocka_unit_test(hostile_text_is_made_safe),
        cmocka_unit_test(wide_characters_are_aligned),
        cmocka_unit_test(a_long_list_is_cut_for_people_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Values as Airtable's cells: each is what a person expects to see, and cleaning reads it back as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/export/shape.h"
#include "artsync/clean.h"
#include "case.h"

static const struct {
    FieldType type;
    DateOrder order;
    const char *text, *cell;
} cases[] = {
    {FIELD_TEXT, DATE_MDY, "007", "007"},
    {FIELD_TEXT, DATE_MDY, "two\nlines, \"quoted\"", "two\nlines, \"quoted\""},
    {FIELD_INTEGER, DATE_MDY, "-4", "-4"},
    {FIELD_CURRENCY, DATE_MDY, "1250.00", "1250.00"},
    {FIELD_PERCENT, DATE_MDY, "12.5", "12.5%"},
    {FIELD_PERCENT, DATE_MDY, "-3", "-3%"},
    {FIELD_BOOLEAN, DATE_MDY, "t", "checked"},
    {FIELD_BOOLEAN, DATE_MDY, "f", ""},
    {FIELD_DATE, DATE_MDY, "2025-03-09", "3/9/2025"},
    {FIELD_DATE, DATE_DMY, "2025-03-09", "9/3/2025"},
    {FIELD_DATE, DATE_MDY, "1999-12-31", "12/31/1999"},
    {FIELD_DATE, DATE_AUTO, "2025-03-09", "2025-03-09"},
    {FIELD_DATETIME, DATE_MDY, "2025-03-09 07:04:22", "3/9/2025 07:04:22"},
    {FIELD_DATETIME, DATE_DMY, "2025-03-09 07:04:22.125", "9/3/2025 07:04:22.125"},
    {FIELD_DURATION, DATE_MDY, "100:00:05.5", "100:00:05.5"},
    {FIELD_LIST, DATE_MDY, "{a,b}", "a,b"},
    {FIELD_LIST, DATE_MDY, "{\"a, b\",c}", "\"a, b\",c"},
    {FIELD_LIST, DATE_MDY, "{\"say \\\"hi\\\"\",\"back\\\\slash\"}", "\"say \"\"hi\"\"\",back\\slash"},
    {FIELD_LIST, DATE_MDY, "{\"NULL\",nul}", "NULL,nul"},
    {FIELD_ATTACHMENTS, DATE_MDY, "{https://h/p/a.jpg}", "a.jpg (https://h/p/a.jpg)"},
    {FIELD_ATTACHMENTS, DATE_MDY, "{\"https://h/a,b(1).jpg?s=2#x\",http://h/}",
     "a,b(1).jpg (https://h/a,b(1).jpg?s=2#x),attachment (http://h/)"},
    {FIELD_JSON, DATE_MDY, "{\"a\": [1, null]}", "{\"a\": [1, null]}"},
};

static void expect_back(size_t i, const Column *column, const char *cell)
{
    Arena arena = {0};
    Base base = {.date_order = cases[i].order};
    CleanContext context = {
        .base = &base, .date_order = cases[i].order == DATE_AUTO ? DATE_MDY : cases[i].order, .arena = &arena};
    Cleaned out = {0};
    field_clean(column, str_of(cell), &context, &out);
    if (out.code || !out.text || strcmp(out.text, cases[i].text) != 0)
        fail_msg("\"%s\" reads back as \"%s\" %s, not \"%s\"", cell, out.text ? out.text : "(null)",
                 out.reason ? out.reason : "", cases[i].text);
    arena_free(&arena);
}

static void test_cells(void **state)
{
    (void)state;
    Buf scratch = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].text);
        Column column = {.name = "c", .type = cases[i].type, .derive.from = -1};
        const char *cell = shape_cell(&column, cases[i].order, cases[i].text, &scratch);
        if (strcmp(cell, cases[i].cell) != 0)
            fail_msg("\"%s\" becomes \"%s\", not \"%s\"", cases[i].text, cell, cases[i].cell);
        expect_back(i, &column, cell);
    }
    buf_free(&scratch);
}

static void test_nothing_is_an_empty_cell(void **state)
{
    (void)state;
    Buf scratch = {0};
    for (int type = 0; type < FIELD_COUNT; type++) {
        CASE("%s", field_type_name((FieldType)type));
        Column column = {.name = "c", .type = (FieldType)type, .derive.from = -1};
        assert_string_equal(shape_cell(&column, DATE_MDY, NULL, &scratch), "");
        assert_string_equal(shape_cell(&column, DATE_MDY, "", &scratch), "");
    }
    Column list = {.name = "c", .type = FIELD_LIST};
    assert_string_equal(shape_cell(&list, DATE_MDY, "{}", &scratch), "");
    assert_string_equal(shape_cell(&list, DATE_MDY, "{NULL}", &scratch), "");
    assert_string_equal(shape_cell(&list, DATE_MDY, "[\"a\", \"b, c\"]", &scratch), "a,\"b, c\"");
    assert_string_equal(shape_cell(&list, DATE_MDY, "[]", &scratch), "");
    assert_string_equal(shape_cell(&list, DATE_MDY, "[\"a\", 1]", &scratch), "[\"a\", 1]");
    assert_string_equal(shape_link(NULL, &scratch), "");
    buf_free(&scratch);
}

static void test_what_no_date_order_fits_stays_as_it_is(void **state)
{
    (void)state;
    Buf scratch = {0};
    Column date = {.name = "c", .type = FIELD_DATE};
    static const char *const odd[] = {"infinity", "0044-03-15 BC", "12024-01-01", "2024-1-1"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        CASE("%s", odd[i]);
        assert_string_equal(shape_cell(&date, DATE_MDY, odd[i], &scratch), odd[i]);
    }
    buf_free(&scratch);
}

static void test_links_are_quoted_as_airtable_does(void **state)
{
    (void)state;
    Buf scratch = {0};
    assert_string_equal(shape_link("Harbour", &scratch), "Harbour");
    assert_string_equal(shape_link("Ghost, clone", &scratch), "\"Ghost, clone\"");
    assert_string_equal(shape_link("Say \"hi\"", &scratch), "\"Say \"\"hi\"\"\"");
    assert_string_equal(shape_link("Lion\n", &scratch), "\"Lion\n\"");
    buf_free(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_nothing_is_an_empty_cell),
        cmocka_unit_test(test_what_no_date_order_fits_stays_as_it_is),
        cmocka_unit_test(test_links_are_quoted_as_airtable_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

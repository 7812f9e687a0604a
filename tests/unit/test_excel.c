/* What Excel does to cells: recognised by their look, told with line and header, a few times for each column and kind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "artsync/clean.h"
#include "case.h"

static void by_the_look_of_a_cell(void **state)
{
    (void)state;
    static const struct {
        FieldType type;
        const char *cell;
        ExcelDamage damage;
    } cases[] = {
        {FIELD_DATE, "45567", EXCEL_SERIAL},
        {FIELD_DATE, "45567.25", EXCEL_SERIAL},
        {FIELD_DATETIME, "45567,5", EXCEL_SERIAL},
        {FIELD_DATE, "4556", EXCEL_NONE},
        {FIELD_DATE, "455678", EXCEL_NONE},
        {FIELD_DATE, "05567", EXCEL_NONE},
        {FIELD_DATE, "45567-1", EXCEL_NONE},
        {FIELD_TEXT, "45567", EXCEL_NONE},
        {FIELD_INTEGER, "45567", EXCEL_NONE},
        {FIELD_TEXT, "4.00638E+12", EXCEL_ROUNDED},
        {FIELD_INTEGER, "1.2E+05", EXCEL_ROUNDED},
        {FIELD_TEXT, "-4,00638E+12", EXCEL_ROUNDED},
        {FIELD_TEXT, "1E+05", EXCEL_ROUNDED},
        {FIELD_TEXT, "1E05", EXCEL_NONE},
        {FIELD_TEXT, "1e+05", EXCEL_NONE},
        {FIELD_TEXT, "1.E+05", EXCEL_NONE},
        {FIELD_TEXT, "12E+05", EXCEL_NONE},
        {FIELD_TEXT, "1E+5", EXCEL_NONE},
        {FIELD_TEXT, "1E+05x", EXCEL_NONE},
        {FIELD_TEXT, "E+05", EXCEL_NONE},
        {FIELD_DECIMAL, "1.2E+05", EXCEL_NONE},
        {FIELD_TEXT, "########", EXCEL_HASHES},
        {FIELD_DATE, "###", EXCEL_HASHES},
        {FIELD_TEXT, "##", EXCEL_NONE},
        {FIELD_TEXT, "###1", EXCEL_NONE},
        {FIELD_TEXT, "", EXCEL_NONE},
        {FIELD_TEXT, "7", EXCEL_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Column column = {.type = cases[i].type};
        CASE("%zu: %s", i, cases[i].cell);
        assert_int_equal(excel_damage(&column, str_of(cases[i].cell)), cases[i].damage);
    }
    const CatalogColumn fixed = {.type = {.name = "character(5)", .length = 5}};
    const Column column = {.type = FIELD_TEXT, .catalog = &fixed};
    assert_int_equal(excel_damage(&column, STR("123")), EXCEL_ZEROS);
    assert_int_equal(excel_damage(&column, STR("12345")), EXCEL_NONE);
    assert_int_equal(excel_damage(&column, STR("ab1")), EXCEL_NONE);
    assert_int_equal(excel_damage(NULL, STR("4E+12")), EXCEL_ROUNDED);
}

static void zeros_that_are_gone(void **state)
{
    (void)state;
    assert_true(excel_took_zeros("007", "7"));
    assert_true(excel_took_zeros("00120", "120"));
    assert_false(excel_took_zeros("7", "7"));
    assert_false(excel_took_zeros("007", "07"));
    assert_false(excel_took_zeros("007", "8"));
    assert_false(excel_took_zeros("000", ""));
    assert_false(excel_took_zeros("0x", "x"));
}

static void what_is_told(void **state)
{
    (void)state;
    const Table table = {.name = "stock"};
    CleaningReport *report = cleaning_report_new();
    cleaning_report_header(report, &table, "sold", STR("Sold \x1B"));
    for (int line = 2; line < 8; line++)
        cleaning_report_excel(report, &table, "sold", line, EXCEL_SERIAL, STR("45567"), NULL);
    cleaning_report_excel(report, &table, "code", 9, EXCEL_ZEROS, STR("7"), "007");
    const ExcelNotice *told;
    for (int again = 0; again < 2; again++) {
        CASE("%d", again);
        assert_int_equal(cleaning_report_excel_notices(report, &told), 5);
        assert_string_equal(
            told[0].text, "line 2, header \"Sold \\x1B\": 45567 looks like the number under which Excel keeps a date");
        assert_string_equal(told[3].text, "line 9, header \"code\": 7 was 007 before: Excel takes leading zeros away");
        assert_string_equal(told[4].text, "header \"Sold \\x1B\": 3 more numbers of dates, by Excel");
        assert_string_equal(told[4].table, "stock");
    }
    cleaning_report_free(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_look_of_a_cell),
        cmocka_unit_test(zeros_that_are_gone),
        cmocka_unit_test(what_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Equal values have one canonical form, whatever PostgreSQL type they were printed under. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "artsync/clean.h"
#include "case.h"

static const struct {
    FieldType type;
    const char *text, *canonical;
} rows[] = {
    {FIELD_INTEGER, "0", "0"},
    {FIELD_INTEGER, "-17", "-17"},
    {FIELD_DECIMAL, "10.50", "10.5"},
    {FIELD_DECIMAL, "10.00", "10"},
    {FIELD_DECIMAL, "100", "100"},
    {FIELD_DECIMAL, "-0.00", "0"},
    {FIELD_DECIMAL, "007.10", "7.1"},
    {FIELD_DECIMAL, "-007.10", "-7.1"},
    {FIELD_DECIMAL, ".5", "0.5"},
    {FIELD_DECIMAL, "-.5", "-0.5"},
    {FIELD_DECIMAL, "1e+20", "100000000000000000000"},
    {FIELD_DECIMAL, "1.25e-05", "0.0000125"},
    {FIELD_DECIMAL, "-1.5e+01", "-15"},
    {FIELD_DECIMAL, "NaN", "NaN"},
    {FIELD_DECIMAL, "Infinity", "Infinity"},
    {FIELD_DECIMAL, "1.2.3", "1.2.3"},
    {FIELD_DECIMAL, "1e9999", "1e9999"},
    {FIELD_DECIMAL, "n/a", "n/a"},
    {FIELD_DATE, "2025-06-05", "2025-06-05"},
    {FIELD_DATETIME, "2025-06-05 00:00:00", "2025-06-05"},
    {FIELD_DATETIME, "2025-06-05 00:00:00+00", "2025-06-05"},
    {FIELD_DATETIME, "2025-06-05 12:00:00.500", "2025-06-05 12:00:00.5"},
    {FIELD_DATETIME, "2025-06-05 12:00:00.000", "2025-06-05 12:00:00"},
    {FIELD_DATETIME, "2025-06-05 12:00:10", "2025-06-05 12:00:10"},
    {FIELD_DATETIME, "2025-06-05 00:30:00.25+05:30", "2025-06-04 19:00:00.25"},
    {FIELD_DATETIME, "2025-12-31 23:00:00-02", "2026-01-01 01:00:00"},
    {FIELD_DATETIME, "2025-06-05 12:00", "2025-06-05 12:00"},
    {FIELD_DATETIME, "infinity", "infinity"},
    {FIELD_DATETIME, "0044-03-15 BC", "0044-03-15 BC"},
    {FIELD_DURATION, "01:30:00", "5400"},
    {FIELD_DURATION, "5400.0", "5400"},
    {FIELD_DURATION, "-00:00:00.5", "-0.5"},
    {FIELD_DURATION, "1 day", "86400"},
    {FIELD_DURATION, "24:00:00", "86400"},
    {FIELD_DURATION, "1 mon -1 days +00:00:01", "2505601"},
    {FIELD_DURATION, "1 day -00:00:00.5", "86399.5"},
    {FIELD_DURATION, "-1 days +00:00:00.5", "-86399.5"},
    {FIELD_DURATION, "2 years", "62208000"},
    {FIELD_DURATION, "soon", "soon"},
    {FIELD_JSON, "{\"b\": 1.50, \"a\": [1e2, null]}", "{\"a\": [100, null], \"b\": 1.5}"},
    {FIELD_JSON, "{\"b\":1,\"b\":2}", "{\"b\": 2}"},
    {FIELD_JSON, "not json", "not json"},
    {FIELD_TEXT, "10.50", "10.50"},
    {FIELD_TEXT, "a  ", "a  "},
    {FIELD_BOOLEAN, "t", "t"},
    {FIELD_LIST, "{a,\"b c\"}", "{a,\"b c\"}"},
};

static void each_value_has_one_form(void **state)
{
    (void)state;
    Arena arena = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CASE("%s %s", field_type_name(rows[i].type), rows[i].text);
        const Column column = {.name = "c", .type = rows[i].type};
        Str form = value_canonical(&column, rows[i].text, &arena);
        assert_int_equal(form.n, strlen(rows[i].canonical));
        assert_memory_equal(form.p, rows[i].canonical, form.n);
        assert_true(value_meaning(&column, rows[i].text, &arena) == value_hash(rows[i].canonical));
    }
    arena_free(&arena);
}

static void the_form_of_a_form_is_itself(void **state)
{
    (void)state;
    Arena arena = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CASE("%s %s", field_type_name(rows[i].type), rows[i].canonical);
        const Column column = {.name = "c", .type = rows[i].type};
        assert_true(str_eq(value_canonical(&column, rows[i].canonical, &arena), str_of(rows[i].canonical)));
    }
    arena_free(&arena);
}

static void nothing_is_null(void **state)
{
    (void)state;
    const Column column = {.name = "c", .type = FIELD_DECIMAL};
    assert_true(value_meaning(&column, NULL, NULL) == value_hash(NULL));
    assert_true(value_meaning(&column, "", NULL) == value_hash(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_has_one_form),
        cmocka_unit_test(the_form_of_a_form_is_itself),
        cmocka_unit_test(nothing_is_null),
    };
    return cmocka_run_group_tests_name("canonical", tests, NULL, NULL);
}

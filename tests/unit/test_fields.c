/* Every line of tests/cases/, and what lines cannot say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "artsync/utf8.h"
#include "cases.h"
#include "case.h"

#define CASES "tests/cases"

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

static const char *shown(const char *text, Arena *arena)
{
    return text ? utf8_printable(str_of(text), 200, arena) : "NULL";
}

static bool as_told(const Case *one)
{
    const Cleaned *got = &one->cleaned;
    if (one->compare && !same(one->compare, got->compare))
        return false;
    if (one->element && !same(one->element, got->element))
        return false;
    if (one->warn != (got->warning != NULL) || one->change != (got->from != NULL) || one->mdy != got->only_mdy ||
        one->dmy != got->only_dmy)
        return false;
    if (one->rejected)
        return same(one->code, got->code) && got->reason && strstr(got->reason, one->reason);
    return !got->code && same(one->value, got->text);
}

static void check_line(const Case *one, void *failures)
{
    if (as_told(one))
        return;
    Arena arena = {0};
    const Cleaned *got = &one->cleaned;
    ++*(int *)failures;
    fprintf(stderr, "%s:%d: \"%s\" gave %s %s%s%s%s%s compare=%s element=%s\n", one->file, one->line,
            shown(one->input.p, &arena), got->code ? got->code : "value",
            got->code ? got->reason : shown(got->text, &arena), got->warning ? " warn" : "", got->from ? " change" : "",
            got->only_mdy ? " mdy" : "", got->only_dmy ? " dmy" : "", shown(got->compare, &arena),
            shown(got->element, &arena));
    arena_free(&arena);
}

/* Cleaning what cleaning gave changes nothing: else a second sync would find something to do. */
static void check_again(const Case *one, void *failures)
{
    FieldType type = one->settings->column.type;
    if (one->cleaned.code || !one->cleaned.text || one->settings->column.n_aliases || type == FIELD_LINK ||
        type == FIELD_LIST || type == FIELD_ATTACHMENTS)
        return;
    Cleaned again;
    CleanContext own = field_own_context(&one->settings->context); /* with a point, whatever the cells have */
    field_clean(&one->settings->column, str_of(one->cleaned.text), &own, &again);
    if (!again.code && same(again.text, one->cleaned.text) && !again.from)
        return;
    ++*(int *)failures;
    fprintf(stderr, "%s:%d: cleaned twice gives %s\n", one->file, one->line, again.code ? again.reason : again.text);
}

static void test_case_files(void **state)
{
    (void)state;
    int failures = 0;
    for (FieldType type = 0; type < FIELD_COUNT; type++) {
        CASE("%s", field_type_name(type));
        int n = cases_run(CASES, type, check_line, &failures);
        bool many = type == FIELD_DATE || type == FIELD_CURRENCY || type == FIELD_TEXT || type == FIELD_LINK;
        assert_true(n >= (many ? 40 : 10));
    }
    assert_int_equal(failures, 0);
}

static void test_cleaning_is_stable(void **state)
{
    (void)state;
    int failures = 0;
    for (FieldType type = 0; type < FIELD_COUNT; type++)
        cases_run(CASES, type, check_again, &failures);
    assert_int_equal(failures, 0);
}

static void test_links_without_rows_stand_for_themselves(void **state)
{
    (void)state;
    Arena arena = {0};
    CleanContext context = {.arena = &arena};
    Column column = {.name = "print_id", .type = FIELD_LINK};
    Cleaned out;
    field_clean_link(&column, STR(" recA "), STR("Harbour"), &context, &out);
    assert_string_equal(out.text, "recA");
    field_clean_link(&column, STR(""), STR("Harbour "), &context, &out);
    assert_string_equal(out.text, "Harbour");
    field_clean_link(&column, STR(" "), STR("\n"), &context, &out);
    assert_null(out.text);
    assert_null(out.code);
    arena_free(&arena);
}

static void test_a_refused_link_names_the_table(void **state)
{
    (void)state;
    Arena arena = {0};
    LinkIndex *links = link_index_new();
    Table prints = {.name = "prints"};
    CleanContext context = {.arena = &arena, .links = links};
    Column column = {.name = "print_id", .type = FIELD_LINK, .to = &prints};
    Cleaned out;
    field_clean(&column, STR("Harbour"), &context, &out);
    assert_string_equal(out.reason, "links to \"Harbour\", but no row of prints has this name");
    link_index_free(links);
    arena_free(&arena);
}

static void test_endless_lists_are_refused(void **state)
{
    (void)state;
    static const FieldType types[] = {FIELD_LIST, FIELD_LINK, FIELD_ATTACHMENTS, FIELD_JSON};
    enum { SIZE = 2 * 1024 * 1024 };
    Arena arena = {0};
    CleanContext context = {.arena = &arena};
    Str cell = {memset(arena_alloc(&arena, SIZE + 1), ',', SIZE), SIZE};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        CASE("%s", field_type_name(types[i]));
        Column column = {.name = "cell", .type = types[i]};
        Cleaned out;
        field_clean(&column, cell, &context, &out);
        assert_string_equal(out.code, REJECT_TOO_LONG);
    }
    assert_int_equal(strlen(attachment_names(cell, &arena)), SIZE);
    assert_true(arena.used < 3 * SIZE); /* the cell, its copy as a name, and little else */
    arena_free(&arena);
}

static void test_endless_numbers_are_refused(void **state)
{
    (void)state;
    Arena arena = {0};
    CleanContext context = {.arena = &arena};
    Column column = {.name = "cell", .type = FIELD_DECIMAL};
    Cleaned out;
    Buf cell = {0};
    for (int i = 0; i < 400; i++)
        buf_str(&cell, "123");
    field_clean(&column, buf_view(&cell), &context, &out);
    assert_string_equal(out.code, REJECT_RANGE);
    buf_clear(&cell);
    buf_str(&cell, "£");
    for (int i = 0; i < 334; i++)
        buf_str(&cell, i ? ",123" : "123");
    field_clean(&column, buf_view(&cell), &context, &out);
    assert_string_equal(out.code, REJECT_RANGE);
    for (int i = 0; i < 300; i++)
        buf_str(&cell, ",123");
    field_clean(&column, buf_view(&cell), &context, &out);
    assert_string_equal(out.code, REJECT_INVALID);
    buf_free(&cell);
    arena_free(&arena);
}

static void test_fresh_urls_compare_equal(void **state)
{
    (void)state;
    Arena arena = {0};
    CleanContext context = {.arena = &arena};
    Column column = {.name = "image_urls", .type = FIELD_ATTACHMENTS};
    Cleaned before, after;
    Str old = STR("a, (1).jpg (https://dl.example.com/x/a%20(1).jpg),b.png (https://v5.example.com/v3/u/1/2)");
    Str new = STR("a, (1).jpg (https://v5.example.com/v3/u/9/abc),b.png (https://v5.example.com/v3/u/7/8)\n");
    field_clean(&column, old, &context, &before);
    field_clean(&column, new, &context, &after);
    assert_string_not_equal(before.text, after.text);
    assert_string_equal(before.compare, after.compare);
    assert_string_equal(attachment_names(old, &arena), before.compare);
    assert_string_equal(attachment_names(new, &arena), before.compare);
    assert_string_equal(attachment_names(STR(" lost "), &arena), "lost");
    assert_string_equal(attachment_names(STR(" "), &arena), "");
    arena_free(&arena);
}

/* ---- settings ---- */

static int problems_of(Column column, const char *words)
{
    Problems problems = {0};
    Table table = {.name = "editions", .columns = &column, .n_columns = 1};
    Base base = {.origin = "base.json", .tables = &table, .n_tables = 1, .date_order = DATE_AUTO};
    bool ok = field_check(&base, &table.columns[0], &problems);
    int n = problems.n;
    assert_int_equal(ok, n == 0);
    if (n) {
        assert_non_null(strstr(problems.items[0].location, "base.json: table editions: column price: "));
        assert_non_null(strstr(problems.items[0].message, words));
    }
    problems_free(&problems);
    return n;
}

static void test_settings_are_judged(void **state)
{
    (void)state;
    static const char *sizes[] = {"Small", "Extra Large"};
    static const CatalogColumn narrow = {.name = "price", .type = {PG_TEXT, .length = 5, .base = "character varying"}};
    static const Alias aliases[] = {{"XL", "Extra Large"}, {"?", NULL}};
    Column column = {.name = "price", .type = FIELD_CURRENCY};
    column.min = "0", column.max = "£1,000.50", column.default_value = "5";
    assert_int_equal(problems_of(column, ""), 0);
    column.min = "2000", column.default_value = NULL;
    assert_int_equal(problems_of(column, "2000 is above max"), 1);
    column.min = "much", column.max = NULL;
    assert_int_equal(problems_of(column, "is not a number"), 1);
    column.min = NULL, column.default_value = "-";
    assert_int_equal(problems_of(column, "is not a number"), 1);
    column = (Column){.name = "price", .type = FIELD_TEXT, .max = "z"};
    assert_int_equal(problems_of(column, ""), 0); /* base_parse has told that text has no max */
    column = (Column){.name = "price", .type = FIELD_TEXT, .default_value = " "};
    assert_int_equal(problems_of(column, "counts as an empty cell"), 1);
    column = (Column){.name = "price", .type = FIELD_CHOICE, .choices = {sizes, 2}, .aliases = aliases, .n_aliases = 2};
    assert_int_equal(problems_of(column, ""), 0);
    column.catalog = &narrow;
    assert_int_equal(problems_of(column, "11 characters long"), 2);
    column = (Column){.name = "price", .type = FIELD_LIST, .choices = {sizes, 2}, .aliases = aliases, .n_aliases = 2};
    assert_int_equal(problems_of(column, ""), 0);
    column = (Column){.name = "price", .type = FIELD_DATE, .min = "1/1/1990", .max = "now"};
    assert_int_equal(problems_of(column, "is not a date"), 1);
}

static void test_place_without_a_table(void **state)
{
    (void)state;
    Problems problems = {0};
    Base base = {.origin = "base.json"};
    Column column = {.name = "price", .type = FIELD_INTEGER, .min = "x"};
    assert_false(field_check(&base, &column, &problems));
    assert_string_equal(problems.items[0].location, "base.json: column price: min");
    problems_free(&problems);
}

static void test_which_column_holds_which_field(void **state)
{
    (void)state;
    assert_true(field_accepts(FIELD_DATE, PG_DATE));
    assert_true(field_accepts(FIELD_DATE, PG_TIMESTAMP));
    assert_true(field_accepts(FIELD_BOOLEAN, PG_INTEGER));
    assert_false(field_accepts(FIELD_DATETIME, PG_DATE));
    assert_true(field_accepts(FIELD_CURRENCY, PG_INTEGER));
    assert_false(field_accepts(FIELD_INTEGER, PG_FLOAT));
    assert_false(field_accepts(FIELD_TEXT, PG_ENUM));
    assert_false(field_accepts(FIELD_BOOLEAN, PG_TEXT));
    assert_true(field_accepts(FIELD_LINK, PG_UUID));
    for (FieldType type = 0; type < FIELD_COUNT; type++) {
        CASE("%s", field_type_name(type));
        assert_true(type == FIELD_LINK || !field_accepts(type, PG_OTHER));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_case_files),
        cmocka_unit_test(test_cleaning_is_stable),
        cmocka_unit_test(test_links_without_rows_stand_for_themselves),
        cmocka_unit_test(test_a_refused_link_names_the_table),
        cmocka_unit_test(test_endless_lists_are_refused),
        cmocka_unit_test(test_endless_numbers_are_refused),
        cmocka_unit_test(test_fresh_urls_compare_equal),
        cmocka_unit_test(test_settings_are_judged),
        cmocka_unit_test(test_place_without_a_table),
        cmocka_unit_test(test_which_column_holds_which_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

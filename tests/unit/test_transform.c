/* "transform" and "mask": the lines of tests/cases/transform.cases, and what holds for many values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "artsync/utf8.h"
#include "cases.h"
#include "case.h"

static void check_line(const Case *one, void *failures)
{
    const Cleaned *got = &one->cleaned;
    bool right = one->rejected ? got->code && strcmp(one->code, got->code) == 0 && strstr(got->reason, one->reason)
                               : !got->code && (one->value && got->text ? strcmp(one->value, got->text) == 0
                                                                        : one->value == got->text);
    if (right && one->change == (got->from != NULL))
        return;
    ++*(int *)failures;
    fprintf(stderr, "%s:%d: gives %s\n", one->file, one->line, got->code ? got->reason : got->text ? got->text : "NULL");
}

static void test_every_line(void **state)
{
    (void)state;
    int failures = 0;
    assert_true(cases_file("tests/cases/transform.cases", FIELD_TEXT, check_line, &failures) > 50);
    assert_int_equal(failures, 0);
}

static const char *masked(const char *mask, const char *key, int limit, const char *text, Arena *arena)
{
    CatalogColumn catalog = {.type = {PG_TEXT, .base = "character varying", .length = limit}};
    Column column = {.name = "c", .type = FIELD_TEXT, .catalog = &catalog};
    Base base = {.mask_key = key};
    assert_null(mask_parse(mask, arena, &column.mask));
    return edited_cell(&column, str_of(text), arena, &base).p;
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Short values have the fewest masks: a hundred thousand of them. */
static void test_different_texts_have_different_masks(void **state)
{
    (void)state;
    enum { N = 100000 };
    static const char *const masks[] = {"hash", "email"};
    for (int m = 0; m < 2; m++) {
        Arena arena = {0};
        const char **all = arena_alloc(&arena, N * sizeof *all);
        for (int i = 0; i < N; i++)
            all[i] = masked(masks[m], "key", 0, arena_printf(&arena, "v%d", i), &arena);
        qsort(all, N, sizeof *all, by_text);
        for (int i = 1; i < N; i++)
            assert_string_not_equal(all[i - 1], all[i]);
        arena_free(&arena);
    }
}

static void test_a_mask_fits_its_column_and_shows_nothing_of_the_text(void **state)
{
    (void)state;
    static const char *const masks[] = {"hash", "email", "phone", "name", "keep:2"};
    static const char secret[] = "Wilhelmina";
    Arena arena = {0};
    for (size_t m = 0; m < sizeof masks / sizeof *masks; m++)
        for (int limit = 10; limit <= 40; limit++) {
            CASE("%s in varchar(%d)", masks[m], limit);
            const char *text = masked(masks[m], "key", limit, secret, &arena);
            assert_true(*text && utf8_length(str_of(text)) <= (size_t)limit);
            assert_null(strstr(text, "Wil"));
            assert_string_equal(text, masked(masks[m], "key", limit, secret, &arena));
        }
    arena_free(&arena);
}

static void test_what_is_wrong_with_a_step_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        bool mask;
    } wrong[] = {
        {"shout", "\"shout\" is not one of trim, lower", false},
        {"trim:x", "the form trim;", false},
        {"strip", "the form strip:TEXT", false},
        {"strip:", "strip needs a text that is not empty", false},
        {"replace:a", "the form replace:FROM:TO", false},
        {"replace:a:b:c", "a colon that belongs to a text as \\:", false},
        {"replace::b", "replace needs a text that is not empty", false},
        {"split:/:0", "\"0\" is not a number of a part; the first is 1", false},
        {"split:/:x", "not a number of a part", false},
        {"split:/:1001", "not a number of a part", false},
        {"hide", "\"hide\" is not one of null, hash, email, phone, name and keep:N", true},
        {"keep", "the form keep:N, N a whole number", true},
        {"keep:0", "the form keep:N", true},
        {"hash:3", "the form hash", true},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CASE("%s", wrong[i].text);
        Arena arena = {0};
        TransformStep step;
        Mask mask;
        const char *told = wrong[i].mask ? mask_parse(wrong[i].text, &arena, &mask) : transform_parse(wrong[i].text, &arena, &step);
        assert_non_null(told);
        if (!strstr(told, wrong[i].says))
            fail_msg("%s", told);
        arena_free(&arena);
    }
}

static void test_what_a_mask_forbids_beside_it(void **state)
{
    (void)state;
    static const struct {
        const char *column, *says;
    } wrong[] = {
        {"{'column': 'c', 'type': 'integer', 'headers': ['C'], 'mask': 'hash'}", "mask: the mask hash is for text"},
        {"{'column': 'c', 'type': 'text', 'headers': ['C'], 'mask': 'null', 'required': true}",
         "mask: a required column cannot be masked by NULL"},
        {"{'column': 'c', 'type': 'text', 'headers': ['C'], 'mask': 'keep:2', 'aliases': {'a': 'b'}}",
         "aliases: makes no sense for a column with \"mask\""},
        {"{'column': 'c', 'type': 'text', 'headers': ['C'], 'mask': 'keep:2', 'derive': {'from': 'name', 'pattern': '(.)'}}",
         "derive: makes no sense for a column with \"mask\""},
        {"{'column': 'c', 'type': 'link', 'headers': ['C'], 'to': 'a'}",
         "to: the names of a are masked, so no link by name finds a row"},
        {"{'column': 'c', 'type': 'text', 'headers': ['C'], 'transform': ['trim', 'strip']}", "transform[1]: must have the form strip:TEXT"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CASE("%s", wrong[i].column);
        Arena arena = {0};
        char *text = arena_printf(&arena,
                                  "{'name': 'b', 'tables': [{'table': 'a', 'file': 'a.csv', 'id': {'column': 'id', 'headers': ['Id']},"
                                  " 'columns': [{'column': 'name', 'type': 'text', 'headers': ['Name'], 'mask': 'name'}]},"
                                  "{'table': 't', 'file': 't.csv', 'id': {'column': 'id', 'headers': ['Id']},"
                                  " 'columns': [{'column': 'name', 'type': 'text', 'headers': ['Name']}, %s]}]}",
                                  wrong[i].column);
        for (char *p = text; *p; p++)
            *p = *p == '\'' ? '"' : *p;
        Problems problems = {0};
        assert_null(base_parse(text, strlen(text), "base.json", &problems));
        assert_int_equal(problems.n, 1);
        char *told = arena_printf(&arena, "%s: %s", problems.items[0].location, problems.items[0].message);
        if (!strstr(told, wrong[i].says))
            fail_msg("%s", told);
        problems_free(&problems);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_line),
        cmocka_unit_test(test_different_texts_have_different_masks),
        cmocka_unit_test(test_a_mask_fits_its_column_and_shows_nothing_of_the_text),
        cmocka_unit_test(test_what_is_wrong_with_a_step_is_said),
        cmocka_unit_test(test_what_a_mask_forbids_beside_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which row a link means: by id, by name in three spellings, whole known names before splitting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "artsync/links.h"

static LinkIndex *links;
static Arena arena;

static int begin(void **state)
{
    (void)state;
    links = link_index_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    link_index_free(links);
    arena_free(&arena);
    return 0;
}

static const char *by_name(const char *name)
{
    Link link;
    LinkOutcome outcome = link_by_name(links, str_of(name), &link);
    return outcome == LINK_FOUND ? link.key : outcome == LINK_NONE ? "none" : "ambiguous";
}

/* The elements, each in <>. */
static const char *split(const LinkIndex *index, const char *cell)
{
    Str *elements;
    Buf buf = {0};
    size_t n = link_split(index, str_of(cell), &arena, &elements);
    for (size_t i = 0; i < n; i++)
        buf_printf(&buf, "<%s>", elements[i].p);
    const char *text = arena_str(&arena, buf_view(&buf).p);
    buf_free(&buf);
    return text;
}

static void test_an_empty_index_knows_nobody(void **state)
{
    (void)state;
    Link link;
    assert_int_equal(link_by_id(links, STR("rec1"), &link), LINK_NONE);
    assert_string_equal(by_name("Harbour"), "none");
    assert_string_equal(split(links, "Harbour,Lighthouse"), "<Harbour><Lighthouse>");
    link_index_free(NULL);
}

static void test_ids(void **state)
{
    (void)state;
    Link link;
    link_index_add(links, "rec1", "Harbour", "1", false);
    link_index_add(links, NULL, "Pier", "2", false);
    assert_int_equal(link_by_id(links, STR("rec1"), &link), LINK_FOUND);
    assert_string_equal(link.key, "1");
    assert_string_equal(link.id, "rec1");
    assert_int_equal(link_by_id(links, STR("REC1"), &link), LINK_NONE);
    assert_int_equal(link_by_id(links, STR("rec"), &link), LINK_NONE);
    assert_int_equal(link_by_id(links, STR(""), &link), LINK_NONE);
    assert_string_equal(by_name("Pier"), "2");
}

static void test_names_exactly_then_trimmed_then_without_case(void **state)
{
    (void)state;
    link_index_add(links, "rec1", "Lion", "1", false);
    link_index_add(links, "rec2", "Lion ", "2", false);
    link_index_add(links, "rec3", "LION", "3", false);
    link_index_add(links, "rec4", "Caf\xC3\xA9\n", "4", true);
    assert_string_equal(by_name("Lion"), "1");
    assert_string_equal(by_name("Lion "), "2");
    assert_string_equal(by_name("LION"), "3");
    assert_string_equal(by_name(" LION "), "3");
    assert_string_equal(by_name(" Lion"), "ambiguous");
    assert_string_equal(by_name("lion"), "ambiguous");
    assert_string_equal(by_name("Cafe\xCC\x81"), "4");
    assert_string_equal(by_name("CAF\xC3\x89"), "4");
    assert_string_equal(by_name(""), "none");
    Link link;
    assert_int_equal(link_by_name(links, STR("caf\xC3\xA9"), &link), LINK_FOUND);
    assert_true(link.derived_id);
}

static void test_the_same_row_twice_is_one_row(void **state)
{
    (void)state;
    link_index_add(links, "rec1", "Harbour", "1", false);
    link_index_add(links, "rec1", "Harbour", "1", false);
    assert_string_equal(by_name("Harbour"), "1");
    link_index_add(links, "rec2", "Harbour", "2", false);
    assert_string_equal(by_name("Harbour"), "ambiguous");
}

static void test_names_that_are_blank_or_missing(void **state)
{
    (void)state;
    link_index_add(links, "rec1", NULL, "1", false);
    link_index_add(links, "rec2", "", "2", false);
    link_index_add(links, "rec3", " \n", "3", false);
    assert_string_equal(by_name(""), "none");
    assert_string_equal(by_name(" \n"), "none");
    Link link;
    assert_int_equal(link_by_id(links, STR("rec3"), &link), LINK_FOUND); /* by its id it is known all the same */
    assert_string_equal(link.key, "3");
}

/* Sorting so many marks would take minutes: such a name is compared as it is. */
static void test_a_name_with_marks_without_end(void **state)
{
    (void)state;
    enum { PAIRS = 160000 };
    char *name = arena_alloc(&arena, 4 * PAIRS + 2);
    Link link;
    name[0] = 'X';
    for (size_t i = 0; i < PAIRS; i++)
        memcpy(name + 1 + 4 * i, "\xCC\x81\xCC\x96", 4);
    link_index_add(links, "rec1", name, "1", false);
    assert_int_equal(link_by_name(links, str_of(name), &link), LINK_FOUND);
    name[0] = 'Y';
    assert_int_equal(link_by_name(links, str_of(name), &link), LINK_NONE);
}

static void test_plain_splitting(void **state)
{
    (void)state;
    assert_string_equal(split(NULL, ""), "");
    assert_string_equal(split(NULL, "a"), "<a>");
    assert_string_equal(split(NULL, "a,b"), "<a><b>");
    assert_string_equal(split(NULL, "a, b ,c\n"), "<a>< b ><c\n>");
    assert_string_equal(split(NULL, ",a,,b,"), "<a><b>");
    assert_string_equal(split(NULL, "\"a,b\",c"), "<a,b><c>");
    assert_string_equal(split(NULL, "\"say \"\"hi\"\"\""), "<say \"hi\">");
    assert_string_equal(split(NULL, "\"\",a,\" \""), "<a>");
    assert_string_equal(split(NULL, "\"open,a"), "<\"open><a>");
    assert_string_equal(split(NULL, "\"a\"b,c"), "<\"a\"b><c>");
    assert_string_equal(split(NULL, "a \"b,c\""), "<a \"b><c\">");
    assert_string_equal(split(NULL, "\""), "<\">");
}

static void test_whole_known_names_before_splitting(void **state)
{
    (void)state;
    link_index_add(links, "rec1", "Ghost, clone", "1", false);
    link_index_add(links, "rec2", "a,b,c", "2", false);
    link_index_add(links, "rec3", "c,d", "3", false);
    link_index_add(links, "rec4", "a", "4", false);
    link_index_add(links, "rec5", "\"Q\",x", "5", false);
    assert_string_equal(split(links, "Minuteman,Ghost, clone"), "<Minuteman><Ghost, clone>");
    assert_string_equal(split(links, "Ghost, clone,Minuteman"), "<Ghost, clone><Minuteman>");
    assert_string_equal(split(links, "Minuteman,\"Ghost, clone\""), "<Minuteman><Ghost, clone>");
    assert_string_equal(split(links, "GHOST,  clone"), "<GHOST,  clone>");
    assert_string_equal(split(links, "a,b,c"), "<a,b,c>");
    assert_string_equal(split(links, "a,b,c,d"), "<a,b,c><d>"); /* as few unknown as a, b, "c,d", and shorter */
    assert_string_equal(split(links, "a,c,d"), "<a><c,d>");
    assert_string_equal(split(links, "a,b"), "<a><b>");
    assert_string_equal(split(links, "\"Q\",x"), "<\"Q\",x>");
}

static void test_a_name_of_many_commas(void **state)
{
    (void)state;
    char name[201];
    memset(name, ',', 200);
    name[200] = '\0';
    name[0] = 'x';
    link_index_add(links, "rec1", name, "1", false);
    link_index_add(links, "rec2", "y", "2", false);
    Str *elements;
    assert_int_equal(link_split(links, str_of(name), &arena, &elements), 1);
    assert_string_equal(elements[0].p, name);
    assert_string_equal(split(links, arena_printf(&arena, "y,\"%s\"", name)), arena_printf(&arena, "<y><%s>", name));
}

static void test_a_cell_of_many_names_is_split_in_time(void **state)
{
    (void)state;
    Buf cell = {0};
    char name[32], key[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "Print, %d", i);
        snprintf(key, sizeof key, "%d", i);
        link_index_add(links, key, name, key, false);
        buf_printf(&cell, "%s%s", i ? "," : "", name);
    }
    Str *elements;
    assert_int_equal(link_split(links, buf_view(&cell), &arena, &elements), 5000);
    assert_string_equal(elements[4999].p, "Print, 4999");
    assert_string_equal(by_name("print, 4321"), "4321");
    buf_free(&cell);
}

static void test_ids_in_a_cell(void **state)
{
    (void)state;
    Str *ids;
    assert_int_equal(link_split_ids(STR(""), &arena, &ids), 0);
    assert_int_equal(link_split_ids(STR(" ,\n"), &arena, &ids), 0);
    assert_int_equal(link_split_ids(STR("\xE2\x80\xAF,\xC2\xA0"), &arena, &ids), 0);
    assert_int_equal(link_split_ids(STR("recA,\xC2\xA0recB"), &arena, &ids), 2);
    assert_string_equal(ids[1].p, "recB");
    assert_int_equal(link_split_ids(STR("recA"), &arena, &ids), 1);
    assert_int_equal(link_split_ids(STR(" recA, recB,recC\trecD\n"), &arena, &ids), 4);
    assert_string_equal(ids[0].p, "recA");
    assert_string_equal(ids[3].p, "recD");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_empty_index_knows_nobody, begin, end),
        cmocka_unit_test_setup_teardown(test_ids, begin, end),
        cmocka_unit_test_setup_teardown(test_names_exactly_then_trimmed_then_without_case, begin, end),
        cmocka_unit_test_setup_teardown(test_the_same_row_twice_is_one_row, begin, end),
        cmocka_unit_test_setup_teardown(test_names_that_are_blank_or_missing, begin, end),
        cmocka_unit_test_setup_teardown(test_a_name_with_marks_without_end, begin, end),
        cmocka_unit_test_setup_teardown(test_plain_splitting, begin, end),
        cmocka_unit_test_setup_teardown(test_whole_known_names_before_splitting, begin, end),
        cmocka_unit_test_setup_teardown(test_a_name_of_many_commas, begin, end),
        cmocka_unit_test_setup_teardown(test_a_cell_of_many_names_is_split_in_time, begin, end),
        cmocka_unit_test_setup_teardown(test_ids_in_a_cell, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

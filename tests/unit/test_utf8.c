/* Unicode: what counts as text, as blank, as the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "artsync/utf8.h"
#include "case.h"

#define assert_str(str, literal) assert_memory_equal((str).p, literal, assert_size((str).n, sizeof(literal) - 1))

static size_t assert_size(size_t got, size_t expected)
{
    assert_int_equal(got, expected);
    return expected;
}

static Arena arena;

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void test_valid_text(void **state)
{
    (void)state;
    size_t bad;
    assert_true(utf8_valid(STR(""), NULL));
    assert_true(utf8_valid(STR("plain text of more than eight bytes"), NULL));
    assert_true(utf8_valid(STR("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x96\xBC and on with plain text"), &bad));
    assert_true(utf8_valid(STR("\xEE\x80\x80\xF4\x8F\xBF\xBF\xED\x9F\xBF"), NULL));
    assert_true(utf8_valid(STR("nul \0 inside"), NULL));
}

static void test_where_text_breaks(void **state)
{
    (void)state;
    static const struct {
        Str text;
        size_t bad;
    } broken[] = {
        {{"caf\xE9", 4}, 3},          {{"\x80", 1}, 0},
        {{"12345678\xC3", 9}, 8},     {{"\xE2\x82", 2}, 0},
        {{"\xC0\x80", 2}, 0},         {{"\xE0\x80\xAF", 3}, 0},
        {{"\xED\xA0\x80", 3}, 0},     {{"a\xF4\x90\x80\x80", 5}, 1},
        {{"\xF8\x88\x80\x80", 4}, 0}, {{"\xC3\xA9 then text \xFF!", 15}, 13},
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        CASE("row %zu, wrong from byte %zu on", i, broken[i].bad);
        size_t bad = 99;
        assert_false(utf8_valid(broken[i].text, &bad));
        assert_int_equal(bad, broken[i].bad);
        assert_false(utf8_valid(broken[i].text, NULL));
    }
}

static void test_length_is_in_characters(void **state)
{
    (void)state;
    assert_int_equal(utf8_length(STR("")), 0);
    assert_int_equal(utf8_length(STR("caf\xC3\xA9")), 4);
    assert_int_equal(utf8_length(STR("\xF0\x9F\x96\xBC\xE2\x82\xAC")), 2);
}

static void test_trim(void **state)
{
    (void)state;
    assert_str(utf8_trim(STR("")), "");
    assert_str(utf8_trim(STR(" \t\r\n\v\f")), "");
    assert_str(utf8_trim(STR("a b")), "a b");
    assert_str(utf8_trim(STR("\xC2\xA0\xE2\x80\xAF\xEF\xBB\xBF x y \xE3\x80\x80\xE2\x80\xA9\xC2\x85")), "x y");
    assert_str(utf8_trim(STR("\xE2\x80\x8Bx")), "\xE2\x80\x8Bx"); /* U+200B is no white space */
    assert_str(utf8_trim(STR("\xA0x\xA0")), "\xA0x\xA0");         /* no UTF-8: kept */
    assert_str(utf8_trim(STR(" \xFF ")), "\xFF");
    assert_str(utf8_trim(STR("\x80\x80\x80\x80\x80")), "\x80\x80\x80\x80\x80");
}

static void test_nfc(void **state)
{
    (void)state;
    assert_str(utf8_nfc(STR("plain"), &arena), "plain");
    assert_str(utf8_nfc(STR("cafe\xCC\x81"), &arena), "caf\xC3\xA9");
    assert_str(utf8_nfc(STR("\xE2\x84\xAB"), &arena), "\xC3\x85");
    assert_str(utf8_nfc(STR("\xE1\x84\x92\xE1\x85\xA1"), &arena), "\xED\x95\x98");
    assert_str(utf8_nfc(STR("\xE2\x80\x80"), &arena), "\xE2\x80\x82");
    assert_str(utf8_nfc(STR("q\xCC\xA3\xCC\x87"), &arena), "q\xCC\xA3\xCC\x87");
    assert_str(utf8_nfc(STR("q\xCC\x87\xCC\xA3"), &arena), "q\xCC\xA3\xCC\x87");
    assert_str(utf8_nfc(STR("\xCC\xFF"), &arena), "\xCC\xFF");
    Str quotes = STR("\xE2\x80\x9Cx\xE2\x80\x9D \xF0\x9F\x96\xBC caf\xC3\xA9"), same = STR("\xE6\x97\xA5");
    assert_ptr_equal(utf8_nfc(quotes, &arena).p, quotes.p); /* nothing was copied */
    assert_ptr_equal(utf8_nfc(same, &arena).p, same.p);
}

static void test_fold(void **state)
{
    (void)state;
    assert_str(utf8_fold(STR("  Extra \n Large "), &arena), "extra large");
    assert_str(utf8_fold(STR("STRASSE"), &arena), "strasse");
    assert_str(utf8_fold(STR("Stra\xC3\x9F"
                             "e"),
                         &arena),
               "strasse");
    assert_str(utf8_fold(STR("CAFE\xCC\x81"), &arena), "caf\xC3\xA9");
    assert_str(utf8_fold(STR("\xC3\x89t\xC3\xA9"), &arena), "\xC3\xA9t\xC3\xA9");
    assert_str(utf8_fold(STR("a\xC2\xA0\xE2\x80\xAF"
                             "b"),
                         &arena),
               "a b");
    assert_str(utf8_fold(STR(""), &arena), "");
    assert_str(utf8_fold(STR("A\xFF"), &arena), "a\xFF");
    assert_true(str_eq(utf8_fold(STR("\xCE\xA3"), &arena), utf8_fold(STR("\xCF\x82"), &arena))); /* sigmas */
}

static void test_printable(void **state)
{
    (void)state;
    assert_string_equal(utf8_printable(STR("caf\xC3\xA9"), 10, &arena), "caf\xC3\xA9");
    assert_string_equal(utf8_printable(STR("a\nb\x1B[0m"), 40, &arena), "a\\x0Ab\\x1B[0m");
    assert_string_equal(utf8_printable(STR("a\xFF\xC2\x85"), 40, &arena), "a\\xFF\\xC2\\x85");
    assert_string_equal(utf8_printable(STR("x\xE2\x80\xAEy"), 40, &arena), "x\\xE2\\x80\\xAEy");
    assert_string_equal(utf8_printable(STR("\xE2\x81\xA6\xE2\x80\xA8"), 40, &arena), "\\xE2\\x81\\xA6\\xE2\\x80\\xA8");
    assert_string_equal(utf8_printable(STR("1234567890"), 10, &arena), "1234567890");
    assert_string_equal(utf8_printable(STR("12345678901"), 10, &arena), "1234567...");
    assert_string_equal(utf8_printable(STR("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"), 4, &arena), "\xC3\xA9...");
    assert_string_equal(utf8_printable(STR("12345\x01\x01"), 10, &arena), "12345...");
    assert_string_equal(utf8_printable(STR("abcd"), 3, &arena), "...");
    assert_string_equal(utf8_printable(STR(""), 0, &arena), "");
}

static void test_width(void **state)
{
    (void)state;
    assert_int_equal(utf8_width(STR("plain")), 5);
    assert_int_equal(utf8_width(STR("caf\xC3\xA9")), 4);
    assert_int_equal(utf8_width(STR("cafe\xCC\x81")), 4);
    assert_int_equal(utf8_width(STR("\xE6\x97\xA5\xE6\x9C\xAC")), 4);
    assert_int_equal(utf8_width(STR("a\xFF")), 2);
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(utf8_distance(STR("size"), STR("size"), 3), 0);
    assert_int_equal(utf8_distance(STR("Retail Pice"), STR("Retail Price"), 3), 1);
    assert_int_equal(utf8_distance(STR("caf\xC3\xA9"), STR("cafe"), 3), 1);
    assert_int_equal(utf8_distance(STR("kitten"), STR("sitting"), 5), 3);
    assert_int_equal(utf8_distance(STR("kitten"), STR("sitting"), 2), 3);
    assert_int_equal(utf8_distance(STR("abcdef"), STR("uvwxyz"), 3), 4);
    assert_int_equal(utf8_distance(STR("a"), STR("abcdefgh"), 3), 4);
    assert_int_equal(utf8_distance(STR(""), STR("abc"), 3), 3);
}

/* Alternating marks of two classes have to be sorted, which takes quadratic time: so long a run is left as it is. */
static void test_marks_without_end(void **state)
{
    (void)state;
    enum { PAIRS = 160000 };
    char *text = arena_alloc(&arena, 4 * PAIRS + 2);
    text[0] = 'X';
    for (size_t i = 0; i < PAIRS; i++)
        memcpy(text + 1 + 4 * i, "\xCC\x81\xCC\x96", 4);
    Str whole = str_of(text);
    assert_false(utf8_stream_safe(whole));
    assert_ptr_equal(utf8_nfc(whole, &arena).p, text);
    assert_memory_equal(utf8_fold(whole, &arena).p + 1, text + 1, whole.n - 1);
    assert_true(utf8_stream_safe((Str){text, 1 + 30 * 2}));
    assert_false(utf8_stream_safe((Str){text, 1 + 31 * 2}));
    assert_true(utf8_stream_safe(STR("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9"))); /* emoji are no marks */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid_text),
        cmocka_unit_test(test_where_text_breaks),
        cmocka_unit_test(test_length_is_in_characters),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_nfc),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_marks_without_end),
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_distance),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}

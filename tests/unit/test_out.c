/* What people and scripts read: aligned tables whatever the script, words for numbers, JSON that always parses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "artsync/out.h"
#include "case.h"

static char *text;
static size_t size;

static FILE *paper(void) { return open_memstream(&text, &size); }

static void written(FILE *out, const char *want)
{
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, want);
    free(text);
    text = NULL;
}

/* ---- words ---- */

static void test_counts(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        const char *want;
    } cases[] = {{0, "0"},           {7, "7"},           {999, "999"},
                 {1000, "1,000"},    {8400, "8,400"},    {1234567, "1,234,567"},
                 {-1, "-1"},         {-1000, "-1,000"},  {INT64_MIN, "-9,223,372,036,854,775,808"}};
    Arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].want);
        assert_string_equal(out_count(cases[i].n, &arena), cases[i].want);
    }
    assert_string_equal(out_noun(1, "record", "records", &arena), "1 record");
    assert_string_equal(out_noun(0, "record", "records", &arena), "0 records");
    assert_string_equal(out_noun(2000, "record", "records", &arena), "2,000 records");
    arena_free(&arena);
}

static void test_durations_and_ages(void **state)
{
    (void)state;
    Arena arena = {0};
    assert_string_equal(out_duration(0, &arena), "0 ms");
    assert_string_equal(out_duration(999, &arena), "999 ms");
    assert_string_equal(out_duration(1449, &arena), "1.4 s");
    assert_string_equal(out_duration(59940, &arena), "59.9 s");
    assert_string_equal(out_duration(59960, &arena), "1 min 0 s");
    assert_string_equal(out_duration(125000, &arena), "2 min 5 s");
    assert_string_equal(out_duration(11400000, &arena), "3 h 10 min");
    assert_string_equal(out_age(0, &arena), "just now");
    assert_string_equal(out_age(59, &arena), "just now");
    assert_string_equal(out_age(60, &arena), "1 min ago");
    assert_string_equal(out_age(3 * 3600 + 59, &arena), "3 h ago");
    assert_string_equal(out_age(47 * 3600, &arena), "47 h ago");
    assert_string_equal(out_age(48 * 3600, &arena), "2 days ago");
    assert_string_equal(out_age(-5, &arena), "in the future");
    arena_free(&arena);
}

static void test_nothing_reaches_the_terminal_as_a_command(void **state)
{
    (void)state;
    Arena arena = {0};
    const char *shown = out_safe("a\033[2Jb\r\nc\x9b" "d", 100, &arena);
    for (const char *p = shown; *p; p++)
        assert_true((unsigned char)*p >= 0x20 && (unsigned char)*p != 0x9b);
    assert_string_equal(out_safe(NULL, 10, &arena), "");
    arena_free(&arena);
}

/* ---- tables ---- */

static void test_table(void **state)
{
    (void)state;
    TextTable *table = text_table_new();
    text_table_column(table, "table", COLUMN_LEFT);
    text_table_column(table, "rows", COLUMN_RIGHT);
    text_table_column(table, "lost", COLUMN_RIGHT | COLUMN_OPTIONAL);
    text_table_column(table, "note", COLUMN_LEFT);
    text_table_cell(table, STYLE_PLAIN, "prints");
    text_table_number(table, STYLE_GOOD, 45);
    text_table_number(table, STYLE_BAD, 0);
    text_table_cell(table, STYLE_DIM, "");
    text_table_row(table);
    text_table_cell(table, STYLE_PLAIN, "editions");
    text_table_number(table, STYLE_GOOD, 8400);
    text_table_row(table); /* the rest of the row is empty */
    FILE *out = paper();
    text_table_print(table, out);
    written(out, "table      rows  note\n"
                 "prints       45\n"
                 "editions  8,400\n");
    text_table_free(table);
}

/* Columns of text are broken at blanks, else between characters; numbers keep their place. */
static void test_table_within_a_width(void **state)
{
    (void)state;
    FILE *out = paper();
    TextTable *table = text_table_new();
    text_table_column(table, "table", COLUMN_LEFT);
    text_table_column(table, "rows", COLUMN_RIGHT);
    text_table_column(table, "note", COLUMN_LEFT);
    text_table_cell(table, STYLE_PLAIN, "a_name_of_many_letters");
    text_table_number(table, STYLE_PLAIN, 1000000);
    text_table_cell(table, STYLE_PLAIN, "the file is the same as before");
    text_table_row(table);
    text_table_cell(table, STYLE_PLAIN, "\xE5\x95\x86\xE5\x93\x81\xE7\x9B\xAE\xE9\x8C\xB2\xE5\x95\x86\xE5\x93\x81\xE7\x9B\xAE");
    text_table_row(table);
    text_table_print_within(table, 40, out);
    written(out, "table               rows  note\n"
                 "a_name_of_man  1,000,000  the file is\n"
                 "y_letters                 the same as\n"
                 "                          before\n"
                 "\xE5\x95\x86\xE5\x93\x81\xE7\x9B\xAE\xE9\x8C\xB2\xE5\x95\x86\xE5\x93\x81\n"
                 "\xE7\x9B\xAE\n");
    text_table_free(table);
}

static void test_table_shows_a_rare_column_once_it_has_something(void **state)
{
    (void)state;
    TextTable *table = text_table_new();
    text_table_column(table, "t", COLUMN_LEFT);
    text_table_column(table, "lost", COLUMN_RIGHT | COLUMN_OPTIONAL);
    text_table_cell(table, STYLE_PLAIN, "a");
    text_table_number(table, STYLE_PLAIN, 0);
    text_table_cell(table, STYLE_PLAIN, "b");
    text_table_number(table, STYLE_PLAIN, 2);
    FILE *out = paper();
    text_table_print(table, out);
    written(out, "t  lost\na     0\nb     2\n");
    text_table_free(table);
}

static void test_table_is_as_wide_as_a_terminal_shows_it(void **state)
{
    (void)state;
    TextTable *table = text_table_new();
    text_table_column(table, "name", COLUMN_LEFT);
    text_table_column(table, "n", COLUMN_RIGHT);
    const char *const names[] = {"\xC3\x89t\xC3\xA9 Dunes", "\xE6\xB5\xB7\xE6\xB8\xAF", "plain"}; /* 9, 4, 5 columns */
    for (int i = 0; i < 3; i++) {
        text_table_cell(table, STYLE_PLAIN, names[i]);
        text_table_number(table, STYLE_PLAIN, i);
    }
    FILE *out = paper();
    text_table_print(table, out);
    written(out, "name       n\n"
                 "\xC3\x89t\xC3\xA9 Dunes  0\n"
                 "\xE6\xB5\xB7\xE6\xB8\xAF       1\n"
                 "plain      2\n");
    text_table_free(table);
}

/* ---- JSON ---- */

static void test_json(void **state)
{
    (void)state;
    JsonOut json;
    FILE *out = paper();
    json_begin(&json, out);
    json_text(&json, "a", "x \"y\" \n\t\xC3\xA9");
    json_number(&json, "n", INT64_C(-9007199254740993));
    json_bool(&json, "yes", true);
    json_null(&json, "nothing");
    json_item(&json, "empty", json_string_or_null(""));
    json_open(&json, "list", '[');
    for (int i = 0; i < 3; i++) {
        json_open(&json, NULL, '{');
        json_number(&json, "i", i);
        json_open(&json, "deep", '[');
        json_raw(&json, NULL, "{\"raw\":1}");
        json_close(&json, ']');
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_open(&json, "none", '[');
    json_close(&json, ']');
    json_end(&json);
    written(out, "{\n"
                 "  \"a\": \"x \\\"y\\\" \\n\\t\xC3\xA9\",\n"
                 "  \"n\": -9007199254740993,\n"
                 "  \"yes\": true,\n"
                 "  \"nothing\": null,\n"
                 "  \"empty\": null,\n"
                 "  \"list\": [\n"
                 "    {\"i\":0,\"deep\":[{\"raw\":1}]},\n"
                 "    {\"i\":1,\"deep\":[{\"raw\":1}]},\n"
                 "    {\"i\":2,\"deep\":[{\"raw\":1}]}\n"
                 "  ],\n"
                 "  \"none\": []\n"
                 "}\n");
}

static void test_json_is_valid_utf8_whatever_comes(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {{"caf\xE9", "caf\xEF\xBF\xBD"},
                 {"\xFF\xFE", "\xEF\xBF\xBD\xEF\xBF\xBD"},
                 {"\xED\xA0\x80x", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx"},
                 {"\xC3", "\xEF\xBF\xBD"},
                 {"fine", "fine"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].to);
        cJSON *item = json_string(cases[i].from);
        assert_string_equal(item->valuestring, cases[i].to);
        cJSON_Delete(item);
    }
}

static void test_json_error(void **state)
{
    (void)state;
    Err err = {0};
    err_set(&err, ERR_CSV, "close the quote", "a.csv, line 7: \"%s\"", "\xE9");
    cJSON *object = json_error(&err);
    char *printed = cJSON_PrintUnformatted(object);
    assert_string_equal(printed, "{\"code\":\"csv\",\"message\":\"a.csv, line 7: \\\"\xEF\xBF\xBD\\\"\","
                                 "\"hint\":\"close the quote\",\"sqlstate\":null}");
    cJSON_free(printed);
    cJSON_Delete(object);
    err_clear(&err);
    err_sqlstate(&err, "40001");
    err_set(&err, ERR_DATABASE, NULL, "no");
    object = json_error(&err);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(object, "hint")));
    assert_string_equal(cJSON_GetObjectItem(object, "sqlstate")->valuestring, "40001");
    cJSON_Delete(object);
    err_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_durations_and_ages),
        cmocka_unit_test(test_nothing_reaches_the_terminal_as_a_command),
        cmocka_unit_test(test_table), cmocka_unit_test(test_table_within_a_width),
        cmocka_unit_test(test_table_shows_a_rare_column_once_it_has_something),
        cmocka_unit_test(test_table_is_as_wide_as_a_terminal_shows_it),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_is_valid_utf8_whatever_comes),
        cmocka_unit_test(test_json_error),
    };
    out_setup(true);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The cleaning report: what was changed and warned about, counted, in order, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "artsync/clean.h"

static const Table prints = {.name = "prints"}, editions = {.name = "editions"};

static void expect_change(const CleaningChange *change, const char *table, const char *column, const char *from,
                          const char *to, int64_t count)
{
    assert_string_equal(change->table, table);
    assert_string_equal(change->column, column);
    assert_string_equal(change->from, from);
    if (to)
        assert_string_equal(change->to, to);
    else
        assert_null(change->to);
    assert_int_equal(change->count, count);
}

static void changes_are_counted_per_pair(void **state)
{
    (void)state;
    CleaningReport *report = cleaning_report_new();
    const CleaningChange *changes;
    assert_int_equal(cleaning_report_changes(report, &changes), 0);
    char from[] = "Ikea";
    cleaning_report_change(report, &prints, "name", "B ", "B");
    for (int i = 0; i < 30; i++)
        cleaning_report_change(report, &editions, "frame", from, "Framed");
    memcpy(from, "xxxx", 4); /* the report has its own copy */
    cleaning_report_change(report, &editions, "frame", "None", NULL);
    cleaning_report_change(report, &editions, "frame", "Box", "Framed");
    cleaning_report_change(report, &editions, "size", "Ikea", "Framed");
    cleaning_report_change(report, &editions, "frame", "None", "");
    assert_int_equal(cleaning_report_changes(report, &changes), 6);
    expect_change(&changes[0], "editions", "frame", "Ikea", "Framed", 30);
    expect_change(&changes[1], "editions", "frame", "Box", "Framed", 1);
    assert_string_equal(changes[2].from, "None");
    assert_string_equal(changes[3].from, "None");
    assert_true((changes[2].to == NULL) != (changes[3].to == NULL));
    expect_change(&changes[4], "editions", "size", "Ikea", "Framed", 1);
    expect_change(&changes[5], "prints", "name", "B ", "B", 1);
    cleaning_report_change(report, &editions, "frame", "Ikea", "Framed"); /* goes on after it was asked */
    assert_int_equal(cleaning_report_changes(report, &changes), 6);
    expect_change(&changes[0], "editions", "frame", "Ikea", "Framed", 31);
    cleaning_report_free(report);
}

static void warnings_keep_their_first_lines(void **state)
{
    (void)state;
    CleaningReport *report = cleaning_report_new();
    const CleaningWarning *warnings;
    const CleaningChange *changes;
    cleaning_report_warn(report, &editions, NULL, 0, NULL, "no header");
    cleaning_report_change(report, &editions, "sold", "x", NULL);
    for (int i = 0; i < 7; i++)
        cleaning_report_warn(report, &editions, "sold", 10 + i, NULL, "is not a date");
    cleaning_report_warn(report, &prints, "name", 3, NULL, "is not a date");
    assert_int_equal(cleaning_report_warnings(report, &warnings), 3);
    assert_int_equal(cleaning_report_changes(report, &changes), 1);
    assert_null(warnings[0].column);
    assert_int_equal(warnings[0].lines[0], 0);
    assert_string_equal(warnings[1].text, "is not a date");
    assert_int_equal(warnings[1].count, 7);
    for (int i = 0; i < 5; i++)
        assert_int_equal(warnings[1].lines[i], 10 + i);
    assert_string_equal(warnings[2].table, "prints");
    assert_int_equal(warnings[2].lines[1], 0);
    assert_int_equal(cleaning_report_warning_count(report, &editions), 7); /* cells: what the file lacks is none */
    assert_int_equal(cleaning_report_warning_count(report, &prints), 1);
    cleaning_report_free(report);
}

static void strange_data_stays_bounded(void **state)
{
    (void)state;
    CleaningReport *report = cleaning_report_new();
    const CleaningChange *changes;
    const CleaningWarning *warnings;
    char text[20];
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "value %d", i);
        cleaning_report_change(report, &editions, "notes", text, NULL);
        cleaning_report_warn(report, &editions, "notes", i + 1, NULL, text);
    }
    cleaning_report_change(report, &editions, "frame", "a", "b"); /* another column has its own space */
    assert_int_equal(cleaning_report_changes(report, &changes), 1002);
    assert_string_equal(changes[0].column, "frame");
    expect_change(&changes[1], "editions", "notes", "(other)", NULL, 4000);
    assert_int_equal(cleaning_report_warnings(report, &warnings), 1001);
    assert_int_equal(warnings[0].count, 4000);
    assert_int_equal(cleaning_report_warning_count(report, &editions), 5000);
    cleaning_report_free(report);
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    CleaningReport *report = cleaning_report_new();
    const CleaningChange *changes;
    char text[2001];
    for (int i = 0; i < 1000; i++)
        memcpy(text + 2 * i, "\xC3\xA9", 2);
    text[2000] = '\0';
    memmove(text + 1, text, 1999);
    text[0] = 'x';
    cleaning_report_change(report, &editions, "notes", text, text);
    assert_int_equal(cleaning_report_changes(report, &changes), 1);
    assert_int_equal(strlen(changes[0].from), 499 + 3);
    assert_string_equal(changes[0].from + 497, "\xC3\xA9...");
    cleaning_report_free(report);
    cleaning_report_free(NULL);
}

/* A hundred thousand unknown names are one thing to know, not a hundred thousand. */
static void warnings_of_one_code_are_one_kind(void **state)
{
    CleaningReport *report = cleaning_report_new();
    (void)state;
    const CleaningWarning *warnings;
    cleaning_report_warn(report, &editions, "sold", 2, "invalid_value", "is not a date");
    cleaning_report_warn(report, &editions, "sold", 3, "invalid_value", "is not a date");
    for (int i = 0; i < 3000; i++) {
        char text[40];
        snprintf(text, sizeof text, "links to no row %d", i);
        cleaning_report_warn(report, &editions, "print", 10 + i, "link_not_found", text);
    }
    assert_int_equal(cleaning_report_warnings(report, &warnings), 2);
    assert_string_equal(warnings[0].code, "link_not_found");
    assert_string_equal(warnings[0].text, "links to no row 0");
    assert_int_equal(warnings[0].count, 3000);
    assert_int_equal(warnings[0].lines[4], 14);
    assert_null(warnings[1].code); /* all say the same */
    assert_string_equal(warnings[1].text, "is not a date");
    assert_int_equal(warnings[1].count, 2);
    cleaning_report_free(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_counted_per_pair),
        cmocka_unit_test(warnings_of_one_code_are_one_kind),
        cmocka_unit_test(warnings_keep_their_first_lines),
        cmocka_unit_test(strange_data_stays_bounded),
        cmocka_unit_test(long_texts_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

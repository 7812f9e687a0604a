/* Which backups are kept, and what they are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "artsync/backup.h"
#include "case.h"

static void rules(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int n[KEEP_UNITS]; /* all 0: refused */
    } cases[] = {
        {"7d,4w,12m", {7, 4, 12, 0}}, {"1d", {1, 0, 0, 0}},  {"2y,3d", {3, 0, 0, 2}}, {"100000w", {0, 100000, 0, 0}},
        {"", {0}},  {"7", {0}},     {"d", {0}},    {"0d", {0}},   {"7d,", {0}},    {",7d", {0}},   {"7d 4w", {0}}, {"7d,4d", {0}},
        {"-1d", {0}}, {"7D", {0}},  {"7dd", {0}},  {" 7d", {0}}, {"100001d", {0}}, {"99999999999999999999d", {0}}, {"7d,x", {0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].text);
        KeepRule rule;
        bool valid = false;
        for (int u = 0; u < KEEP_UNITS; u++)
            valid = valid || cases[i].n[u];
        assert_int_equal(keep_parse(cases[i].text, &rule), valid);
        for (int u = 0; valid && u < KEEP_UNITS; u++)
            assert_int_equal(rule.n[u], cases[i].n[u]);
    }
}

static time_t at(const char *text)
{
    struct tm utc = {0};
    assert_non_null(strptime(text, "%Y-%m-%d %H:%M", &utc));
    return timegm(&utc);
}

static void choice(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *times[12], *kept; /* newest first */
    } cases[] = {
        {"2d", {"2026-03-03 02:00", "2026-03-02 23:59", "2026-03-02 00:00", "2026-03-01 02:00"}, "++--"},
        /* days without a backup do not count: a machine that was off for a week loses nothing */
        {"2d", {"2026-03-20 02:00", "2026-03-02 02:00", "2026-03-01 02:00"}, "++-"},
        /* Monday begins a week: 1 March 2026 is a Sunday */
        {"2w", {"2026-03-03 02:00", "2026-03-02 02:00", "2026-03-01 02:00", "2026-02-23 02:00", "2026-02-22 02:00"}, "+-+--"},
        {"2m", {"2026-03-03 02:00", "2026-02-28 02:00", "2026-02-01 02:00", "2026-01-31 02:00"}, "++--"},
        {"3y", {"2026-03-03 02:00", "2026-01-01 00:00", "2025-12-31 23:59", "2024-06-01 02:00", "2023-06-01 02:00"}, "+-++-"},
        {"2d,1w,2m", {"2026-03-03 02:00", "2026-03-02 02:00", "2026-03-01 02:00", "2026-02-27 02:00", "2026-02-26 02:00"}, "++-+-"},
        {"1d", {"2026-03-03 02:00"}, "+"},
        /* before 1970, if a clock is wrong */
        {"1d", {"2026-03-03 02:00", "1969-12-31 23:00"}, "+-"},
        {"1d", {NULL}, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s of %s ...", cases[i].rule, cases[i].times[0] ? cases[i].times[0] : "nothing");
        KeepRule rule;
        time_t times[12];
        bool kept[12];
        char text[13] = "";
        int n = 0;
        for (; cases[i].times[n]; n++)
            times[n] = at(cases[i].times[n]);
        assert_true(keep_parse(cases[i].rule, &rule));
        keep_choose(&rule, times, n, kept);
        for (int k = 0; k < n; k++)
            text[k] = kept[k] ? '+' : '-';
        assert_string_equal(text, cases[i].kept);
    }
}

static void names(void **state)
{
    (void)state;
    Arena arena = {0};
    time_t when = at("2026-03-03 02:05") + 7;
    assert_string_equal(backup_name("art", "gallery", when, &arena), "art-gallery-2026-03-03T020507Z.backup");
    assert_string_equal(backup_name("art", "my-db/x\n%", when, &arena), "art-my-db%2Fx%0A%25-2026-03-03T020507Z.backup");
    assert_string_equal(backup_name(".a", "d.b", when, &arena), "%2Ea-d.b-2026-03-03T020507Z.backup");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules), cmocka_unit_test(choice), cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

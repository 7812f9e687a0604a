/* The progress line: what it says, and how it fits into narrow terminals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "artsync/progress.h"
#include "artsync/utf8.h"
#include "case.h"

enum { MB = 1000000 };

static const struct {
    ProgressLine line;
    int columns;
    const char *text;
} cases[] = {
    /* read: bytes give the percentage, records the rate, both the time left */
    {{"editions", NULL, 45 * MB, 100 * MB, 450000, 9000}, 79, "editions: 45%, 450,000 records, 50,000 records/s, 0:11 left"},
    {{"editions", NULL, 45 * MB, 100 * MB, 450000, 9000}, 39, "editions: 45%, 50,000/s, 0:11 left"},
    {{"editions_of_all_prints_ever", NULL, 45 * MB, 100 * MB, 450000, 9000}, 39, "editions_o...: 45%, 50,000/s, 0:11 left"},
    {{"editions", NULL, 1 * MB, 1000 * MB, 1000, 20000}, 79, "editions: 0%, 1,000 records, 50 records/s, 5:33:00 left"},
    {{"editions", NULL, 100 * MB, 100 * MB, 1000000, 10000}, 79, "editions: 100%, 1,000,000 records, 100,000 records/s, 0:00 left"},
    /* more than there was when it began: the file grows, and the run will fail; no 101% until then */
    {{"editions", NULL, 101 * MB, 100 * MB, 1000, 1000}, 79, "editions: 100%, 1,000 records, 1,000 records/s, 0:00 left"},
    /* too early for a rate */
    {{"editions", NULL, 0, 100 * MB, 0, 0}, 79, "editions: 0%, 0 records"},
    {{"editions", NULL, 1 * MB, 100 * MB, 10000, 99}, 79, "editions: 1%, 10,000 records"},
    /* a source that does not know its size */
    {{"listings", NULL, 0, 0, 1234, 2000}, 79, "listings: 1,234 records, 617 records/s"},
    {{"listings", NULL, 0, 0, 1234, 2000}, 35, "listings: 1,234 records, 617/s"},
    /* a phase */
    {{"editions", "checking keys", 0, 0, 0, 65000}, 79, "editions: checking keys, 1:05"},
    {{"editions", "writing the history", 0, 0, 0, 4000000}, 39, "editions: writing the history, 1:06:40"},
    {{"editions", "writing the history", 0, 0, 0, 4000}, 31, "e...: writing the history, 0:04"},
    {{"\xe7\x89\x88\xe7\x94\xbb\xe7\x89\x88\xe7\x94\xbb", "writing", 0, 0, 0, 0}, 23, "\xe7\x89\x88\xe7\x94\xbb\xe7\x89\x88\xe7\x94\xbb: writing, 0:00"},
    {{"\xe7\x89\x88\xe7\x94\xbb\xe7\x89\x88\xe7\x94\xbb", "writing", 0, 0, 0, 0}, 22, "\xe7\x89\x88\xe7\x94\xbb...: writing, 0:00"},
    /* hardly any place */
    {{"editions", NULL, 45 * MB, 100 * MB, 450000, 9000}, 14, "editions: 45%"},
    {{"editions", NULL, 45 * MB, 100 * MB, 450000, 9000}, 5, "45%"},
    {{"editions", "writing", 0, 0, 0, 0}, 9, "writing, "},
    {{"editions", "writing", 0, 0, 0, 0}, 0, ""},
};

static void lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s at %d", cases[i].text, cases[i].columns);
        Buf out = {0};
        progress_format(&out, &cases[i].line, cases[i].columns);
        assert_string_equal(buf_view(&out).p, cases[i].text);
        assert_true(utf8_width(buf_view(&out)) <= (size_t)cases[i].columns);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How long watch waits before it tries again, and after which syncs it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "artsync/watch.h"
#include "case.h"

static void backoff(void **state)
{
    (void)state;
    static const int64_t seconds[] = {1, 2, 4, 8, 16, 32, 60, 60};
    for (int i = 0; i < 8; i++) {
        CASE("failure %d", i + 1);
        assert_int_equal(watch_backoff(i + 1), seconds[i] * 1000);
    }
    assert_int_equal(watch_backoff(1000000), 60000);
}

static void which_are_tried_again(void **state)
{
    (void)state;
    static const struct {
        ExitStatus status;
        bool again;
    } cases[] = {{EXIT_DONE, false}, {EXIT_ATTENTION, false}, {EXIT_USAGE, false},       {EXIT_DATABASE, true},
                 {EXIT_REFUSED, false}, {EXIT_BUSY, true},    {EXIT_UNKNOWN, true}, {EXIT_INTERRUPTED, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("status %d", (int)cases[i].status);
        assert_int_equal(watch_tries_again((int)cases[i].status), cases[i].again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(backoff), cmocka_unit_test(which_are_tried_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* case.h - tests that loop over cases say which one failed.
 *
 *     for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
 *         CASE("%s", cases[i].text);
 *         assert_...
 *     }
 *
 * The name lasts until its block is left. A failed assertion jumps out of the test and leaves it behind; it is printed
 * then. A test with a teardown of its own calls case_tell there. `make lint` finds loops without CASE.
 */
#ifndef ARTSYNC_TESTS_CASE_H
#define ARTSYNC_TESTS_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static char case_name[400];

__attribute__((format(printf, 1, 2))) static inline char case_begin(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(case_name, sizeof case_name, format, args);
    va_end(args);
    return '\0';
}

static inline void case_end(const char *unused)
{
    (void)unused;
    case_name[0] = '\0';
}

#define CASE(...) __attribute__((cleanup(case_end), unused)) const char case_here = case_begin(__VA_ARGS__)

static inline int case_tell(void **state)
{
    (void)state;
    if (case_name[0])
        print_error("the case: %s\n", case_name);
    case_name[0] = '\0';
    return 0;
}

#undef cmocka_unit_test
#define cmocka_unit_test(test) cmocka_unit_test_teardown(test, case_tell)

#endif

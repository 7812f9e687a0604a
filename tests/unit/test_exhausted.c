/* A library that has no memory left has no answer: its failure must not pass for "no match" or "normal already". The
 * libraries' functions are replaced by such as fail without memory; the program has to end, with status 4. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utf8proc.h>

#include <cmocka.h>

#include "artsync/utf8.h"
#include "case.h"
#include "cleaning.h"

/* Its declaration differs from one C library to the next. */
int no_regexec(const regex_t *regex, const char *text, size_t n, regmatch_t *groups, int flags) __asm__("regexec");

int no_regexec(const regex_t *regex, const char *text, size_t n, regmatch_t *groups, int flags)
{
    (void)regex, (void)text, (void)n, (void)groups, (void)flags;
    return REG_ESPACE;
}

utf8proc_ssize_t utf8proc_map(const utf8proc_uint8_t *text, utf8proc_ssize_t n, utf8proc_uint8_t **out,
                              utf8proc_option_t options)
{
    (void)text, (void)n, (void)out, (void)options;
    return UTF8PROC_ERROR_NOMEM;
}

static void derive(void) { expect("Work,Record ID\nA - 7,r1\n", "never said"); }

static void normalize(void)
{
    Arena arena = {0};
    utf8_nfc(STR("e\xCC\x81"), &arena);
}

/* The exit status of a process that does this. */
static int status_of(void (*what)(void), char *said, size_t size)
{
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        what();
        _exit(0);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], said, size - 1);
    said[n > 0 ? n : 0] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_failed_allocation_is_no_answer(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*what)(void);
    } cases[] = {{"a pattern", derive}, {"a normal form", normalize}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char said[200];
        CASE("%s", cases[i].name);
        assert_int_equal(status_of(cases[i].what, said, sizeof said), EXIT_REFUSED);
        assert_non_null(strstr(said, "out of memory"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_failed_allocation_is_no_answer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

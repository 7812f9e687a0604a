/* Programs that are run beside artsync: how they end, also when they do not want to. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/backup/child.h"
#include "artsync/interrupt.h"

static void start(Child *child, const char *script)
{
    Err err = {0};
    const char *arguments[] = {"sh", "-c", script, NULL};
    assert_true(child_start(child, "/bin/sh", arguments, NULL, &err));
}

static void read_line(Child *child, const char *expected)
{
    char bytes[100];
    size_t n = 0;
    Err err = {0};
    assert_true(child_read(child, bytes, sizeof bytes, &n, &err));
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(bytes, expected, n);
}

static bool run(const char *script, Buf *out, Err *err)
{
    const char *arguments[] = {"sh", "-c", script, NULL};
    return child_run("/bin/sh", arguments, NULL, NULL, out, err);
}

/* All the children of this process have been waited for. */
static void none_left(void) { assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); }

static void output_and_failure(void **state)
{
    (void)state;
    Buf out = {0};
    Err err = {0};
    assert_true(run("echo one; echo two >&2", &out, &err));
    assert_string_equal(out.data, "one\n");
    assert_false(run("echo why >&2; exit 3", NULL, &err));
    assert_int_equal(err.code, ERR_REFUSED);
    assert_string_equal(err.message, "why");
    err_clear(&err);
    assert_false(run("kill -9 $$", NULL, &err));
    assert_string_equal(err.message, "sh was ended by signal 9");
    err_clear(&err);
    buf_free(&out);
    none_left();
}

/* Nothing of our handlers and of what we ignore or block is left in it; only SIGXFSZ is ignored, so that a file that grows
 * too large is an error with a message. */
static void default_signals(void **state)
{
    (void)state;
    Buf out = {0};
    Err err = {0};
    sigset_t some, before;
    interrupt_setup();
    signal(SIGUSR1, SIG_IGN);
    sigemptyset(&some);
    sigaddset(&some, SIGTERM);
    sigprocmask(SIG_BLOCK, &some, &before);
    const char *arguments[] = {"grep", "^Sig[BI]", "/proc/self/status", NULL};
    assert_true(child_run("/bin/grep", arguments, NULL, NULL, &out, &err));
    const char *ignored = strstr(out.data, "SigIgn:");
    assert_memory_equal(out.data, "SigBlk:\t0000000000000000\n", 25);
    assert_non_null(ignored);
    /* 32 and 33 are the C library's own: it does not let them be changed, and make ignores them */
    assert_int_equal(strtoull(ignored + 8, NULL, 16) & ~0x180000000ULL, 1ULL << (SIGXFSZ - 1));
    sigprocmask(SIG_SETMASK, &before, NULL);
    buf_free(&out);
}

/* SIGTERM first; one that does not listen is killed, and what it started with it. */
static void deaf_children_are_killed(void **state)
{
    (void)state;
    Child child;
    start(&child, "trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000");
    char bytes[100] = "";
    size_t n;
    Err err = {0};
    assert_true(child_read(&child, bytes, sizeof bytes - 1, &n, &err));
    int group = child.pid;
    assert_int_equal(getpgid((pid_t)strtol(bytes, NULL, 10)), group);
    child_kill(&child);
    none_left();
    while (kill(-group, 0) == 0) /* the grandchild is init's now, which buries it */
        usleep(1000);
}

static void polite_children_end_by_themselves(void **state)
{
    (void)state;
    Child child;
    char name[] = "/tmp/artsync-child-XXXXXX", script[200];
    close(mkstemp(name));
    snprintf(script, sizeof script, "trap 'echo asked > %s; exit 0' TERM; echo ready; while :; do sleep 0.01; done", name);
    start(&child, script);
    read_line(&child, "ready\n");
    child_kill(&child);
    FILE *file = fopen(name, "r");
    char word[10] = "";
    assert_non_null(fgets(word, sizeof word, file));
    assert_string_equal(word, "asked\n");
    fclose(file);
    unlink(name);
    none_left();
}

/* Silence has a limit; a file that grows is no silence. */
static void silence_ends(void **state)
{
    (void)state;
    Child child;
    Err err = {0};
    char bytes[10], name[] = "/tmp/artsync-child-XXXXXX", script[200];
    size_t n;
    start(&child, "exec sleep 1000");
    child.timeout_s = 1;
    assert_false(child_read(&child, bytes, sizeof bytes, &n, &err));
    assert_int_equal(err.code, ERR_TIMEOUT);
    assert_string_equal(err.message, "sh made no progress for 1 seconds");
    err_clear(&err);
    child_kill(&child);

    close(mkstemp(name));
    snprintf(script, sizeof script, "for i in 1 2 3 4 5 6; do sleep 0.4; echo x >> %s; done; echo done", name);
    start(&child, script);
    child.timeout_s = 1;
    child.grows = name;
    read_line(&child, "done\n");
    assert_true(child_end(&child, &err));
    unlink(name);

    start(&child, "exec >&-; exec sleep 1000"); /* says that it is done, and is not */
    assert_true(child_read(&child, bytes, sizeof bytes, &n, &err));
    assert_int_equal(n, 0);
    child.timeout_s = 1;
    assert_false(child_end(&child, &err));
    assert_int_equal(err.code, ERR_TIMEOUT);
    err_clear(&err);
    none_left();
}

static void a_signal_ends_the_wait(void **state)
{
    (void)state;
    Child child;
    Err err = {0};
    char bytes[10];
    size_t n;
    interrupt_setup();
    start(&child, "exec sleep 1000");
    raise(SIGHUP);
    assert_false(child_read(&child, bytes, sizeof bytes, &n, &err));
    assert_int_equal(err.code, ERR_TERMINATED);
    err_clear(&err);
    assert_false(child_end(&child, &err));
    assert_int_equal(err.code, ERR_TERMINATED);
    err_clear(&err);
    none_left();
    interrupt_setup();
}

/* Its answer may not be known where somebody told the system to drop it; that is no success. */
static void a_lost_answer_is_a_failure(void **state)
{
    (void)state;
    Err err = {0};
    signal(SIGCHLD, SIG_IGN);
    assert_false(run("exit 0", NULL, &err));
    assert_int_equal(err.code, ERR_REFUSED);
    err_clear(&err);
    interrupt_setup(); /* as main does */
    assert_true(run("exit 0", NULL, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_failure),
        cmocka_unit_test(default_signals),
        cmocka_unit_test(deaf_children_are_killed),
        cmocka_unit_test(polite_children_end_by_themselves),
        cmocka_unit_test(silence_ends),
        cmocka_unit_test(a_signal_ends_the_wait),
        cmocka_unit_test(a_lost_answer_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

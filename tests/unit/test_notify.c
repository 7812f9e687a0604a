/* Notifiers of every kind: what they get, and that none of them is waited for longer than its time. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "artsync/clock.h"
#include "artsync/interrupt.h"
#include "artsync/mem.h"
#include "artsync/notify.h"
#include "case.h"

static char folder[] = "/tmp/artsync-notify.XXXXXX", path[100], marks[100];

static void write_script(const char *body)
{
    snprintf(path, sizeof path, "%s/notifier", folder);
    snprintf(marks, sizeof marks, "%s/marks", folder);
    unlink(marks);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/bash\nmarks=%s\n%s\n", marks, body);
    fclose(file);
    assert_int_equal(chmod(path, 0755), 0);
}

static char *marked(void)
{
    static char text[4000];
    FILE *file = fopen(marks, "r");
    text[file ? fread(text, 1, sizeof text - 1, file) : 0] = '\0';
    if (file)
        fclose(file);
    return text;
}

static bool run(int timeout_ms, FILE *report, Err *err)
{
    return notify_run(&(Notice){path, report, EXIT_ATTENTION, "a1b2", "art: synced", timeout_ms}, err);
}

/* All that it started has ended, too. */
static void none_left(void) { assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); }

static const struct {
    const char *name, *body, *says; /* says NULL: it succeeds */
    int timeout_ms;
} cases[] = {
    {"quiet", "exit 0", NULL, 30000},
    {"does not read its stdin", "exec <&-", NULL, 30000},
    {"closes all", "exec <&- >&- 2>&-; exit 0", NULL, 30000},
    {"noisy", "head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2", NULL, 30000},
    {"fails", "echo no such list >&2; echo more; exit 3", "it ended with status 3: no such list", 30000},
    {"fails without a word", "exit 1", "it ended with status 1", 30000},
    {"kills itself", "kill -9 $$", "it was ended by signal 9", 30000},
    {"leaves a child that holds its pipe", "sleep 1000 & exit 0", NULL, 30000},
    {"leaves many", "for i in $(seq 50); do (trap '' TERM HUP; sleep 1000) & done; exit 0", NULL, 30000},
    {"hangs", "sleep 1000", "it did not end in time and was ended", 50},
    {"hangs and closes its output", "exec >&- 2>&-; sleep 1000", "it did not end in time and was ended", 50},
    {"hangs and talks", "while :; do echo x; done", "it did not end in time and was ended", 50},
    {"hangs and starts others", "for i in $(seq 20); do sleep 1000 & done; wait", "it did not end in time and was ended", 200},
};

static void kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i].name);
        Err err = {0};
        write_script(cases[i].body);
        assert_int_equal(run(cases[i].timeout_ms, NULL, &err), cases[i].says == NULL);
        if (cases[i].says)
            assert_string_equal(err.message, cases[i].says);
        err_clear(&err);
        none_left();
    }
}

/* The number of its group: what it left there is gone when notify_run returns. */
static void its_group_ends_with_it(void **state)
{
    (void)state;
    static const char *const bodies[] = {"echo $$ > $marks; (trap '' TERM; sleep 1000) & exit 0",
                                         "echo $$ > $marks; trap '' TERM; sleep 1000 & while :; do wait; done"};
    for (int i = 0; i < 2; i++) {
        CASE("%s", bodies[i]);
        Err err = {0};
        write_script(bodies[i]);
        assert_int_equal(run(i == 0 ? 30000 : 300, NULL, &err), i == 0);
        err_clear(&err);
        pid_t group = (pid_t)strtol(marked(), NULL, 10);
        assert_true(group > 1 && group != getpgrp());
        /* killed ones may still wait for init to take note of them: until then they are zombies, which a signal reaches */
        int64_t until = clock_ms() + 10000;
        while (kill(-group, 0) == 0 && clock_ms() < until)
            ;
        assert_int_equal(kill(-group, 0), -1);
    }
}

static void what_it_gets(void **state)
{
    (void)state;
    static const char *const hidden[] = {"DATABASE_URL", "SANDBOX_DATABASE_URL", "PGPASSWORD", "PGHOST", "AIRTABLE_TOKEN",
                                         "client_secret", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "ARTSYNC_HEARTBEAT_URL"};
    static const char *const seen[] = {"MAILTO", "CHAT_WEBHOOK_URL", "KEYBOARD", "APGX", "PASSWORD_FILE"};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        setenv(hidden[i], "hush", 1);
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
        setenv(seen[i], "shown", 1);
    setenv("ARTSYNC_STATUS", "wrong", 1);
    Err err = {0};
    FILE *report = tmpfile();
    fputs("{\"status\":\"completed\"}", report);
    write_script("{ /usr/bin/env; cat; echo; echo \"$#\"; grep ^SigIgn /proc/self/status; } > $marks");
    assert_true(run(30000, report, &err));
    fclose(report);
    const char *text = marked();
    assert_null(strstr(text, "hush"));
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        CASE("%s", seen[i]);
        char entry[64];
        snprintf(entry, sizeof entry, "%s=shown\n", seen[i]);
        assert_non_null(strstr(text, entry));
    }
    assert_non_null(strstr(text, "ARTSYNC_STATUS=1\n"));
    assert_null(strstr(text, "ARTSYNC_STATUS=wrong"));
    assert_non_null(strstr(text, "ARTSYNC_SYNC_ID=a1b2\n"));
    assert_non_null(strstr(text, "ARTSYNC_SUMMARY=art: synced\n"));
    assert_non_null(strstr(text, "{\"status\":\"completed\"}\n0\n")); /* the report from its beginning; no arguments */
}

static void what_cannot_be_run(void **state)
{
    (void)state;
    Err err = {0};
    snprintf(path, sizeof path, "%s/none", folder);
    assert_false(run(30000, NULL, &err));
    assert_string_equal(err.message, "No such file or directory");
    err_clear(&err);
    snprintf(path, sizeof path, "%s", folder);
    assert_false(run(30000, NULL, &err));
    assert_string_equal(err.message, "it is not a file");
    err_clear(&err);
    write_script("exit 0");
    chmod(path, 0644);
    assert_false(run(30000, NULL, &err));
    assert_string_equal(err.message, "it is not executable");
    err_clear(&err);
    FILE *file = fopen(path, "w");
    fputs("#!/no/such/interpreter\n", file);
    fclose(file);
    chmod(path, 0755);
    assert_false(run(30000, NULL, &err));
    assert_string_equal(err.message, "it ended with status 127");
    err_clear(&err);
    none_left();
}

/* A signal is sent while it hangs: it gets some seconds, not the rest of its time. */
static void a_signal_shortens_its_time(void **state)
{
    (void)state;
    Err err = {0};
    interrupt_setup();
    write_script("kill -TERM $PPID; exec sleep 1000");
    assert_false(run(3600 * 1000, NULL, &err));
    err_clear(&err);
    interrupt_setup();
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    unlink(marks);
    snprintf(path, sizeof path, "%s/notifier", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(its_group_ends_with_it),
        cmocka_unit_test(what_it_gets),
        cmocka_unit_test(what_cannot_be_run),
        cmocka_unit_test(a_signal_shortens_its_time),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

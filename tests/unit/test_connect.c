/* Connecting and losing the connection: hosts that never answer, servers that stop, read-only ones, poolers. */
#include "database.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../src/pg/private.h"
#include "artsync/interrupt.h"
#include "case.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A port that takes connections and says nothing. */
static int silent_port(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 8) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void a_silent_host_costs_its_timeout_and_no_more(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg;
    int port, fd = silent_port(&port);
    char url[512];
    snprintf(url, sizeof url, "host=127.0.0.1 port=%d connect_timeout=2", port);
    double start = seconds();
    FAILS(pg_open(&pg, url, "artsync/test", &err), ERR_CONNECT, "timeout");
    assert_in_range((int)((seconds() - start) * 10), 15, 300);
    err_clear(&err);
    /* the next host is tried, and the description says which one it was */
    snprintf(url, sizeof url, "host=127.0.0.1,%s port=%d,5432 connect_timeout=2", getenv("PGHOST"), port);
    OK(pg_open(&pg, url, "artsync/test", &err));
    assert_non_null(strstr(pg_describe(pg), getenv("PGHOST")));
    pg_close(pg);
    close(fd);
}

static void a_signal_ends_connecting(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg;
    int port, fd = silent_port(&port);
    char url[128];
    snprintf(url, sizeof url, "host=127.0.0.1 port=%d", port);
    interrupt_setup();
    raise(SIGTERM);
    FAILS(pg_open(&pg, url, "artsync/test", &err), ERR_TERMINATED, "terminated");
    interrupt_setup();
    err_clear(&err);
    close(fd);
}

/* libpq's own messages and ours: never the password. */
static void passwords_stay_secret(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg;
    char *password;
    FAILS(pg_open(&pg, "postgresql://postgres:hidden%40word@/nosuch", "artsync/test", &err), ERR_CONNECT, "nosuch");
    assert_null(strstr(err.message, "hidden"));
    assert_non_null(strstr(err.hint, "createdb"));
    err_clear(&err);
    OK(pg_open(&pg, "postgresql://postgres:hidden%40word%27@/artsync", "artsync/test", &err));
    assert_null(strstr(pg_describe(pg), "hidden"));
    char *conninfo = pg_child_conninfo(pg, &password);
    assert_null(strstr(conninfo, "hidden"));
    assert_string_equal(password, "hidden@word'");
    pg_close(pg);
    OK(pg_open(&pg, conninfo, "artsync/test", &err)); /* a child can read what we hand it */
    pg_close(pg);
    free(conninfo);
    free(password);
}

static void a_server_that_takes_no_writes_is_refused(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open(), *reader;
    test_run(pg, "DROP ROLE IF EXISTS read_only; CREATE ROLE read_only LOGIN;"
                 "ALTER ROLE read_only SET default_transaction_read_only = on");
    FAILS(pg_open(&reader, "user=read_only", "artsync/test", &err), ERR_CONNECT,
          "default_transaction_read_only is on for this role");
    assert_non_null(strstr(err.hint, "ALTER ROLE read_only RESET default_transaction_read_only"));
    assert_non_null(strstr(err.hint, "target_session_attrs=any"));
    err_clear(&err);
    OK(pg_open(&reader, "user=read_only target_session_attrs=any", "artsync/test", &err));
    OK(pg_begin(reader, PG_TX_WRITE, &err)); /* does not lift the role's own protection */
    FAILS(pg_script(reader, "CREATE TABLE public.never (a int)", &err), ERR_PRIVILEGE, "read-only");
    err_clear(&err);
    pg_close(reader);
    test_run(pg, "DROP ROLE read_only");
    pg_close(pg);
}

/* A backend that is stopped, not dead: the socket stays open and nothing ever comes. */
static void a_stopped_backend_counts_as_lost(void **state)
{
    (void)state;
    Err err = {0};
    Pg *pg = test_open(), *other = test_open();
    pid_t backend = (pid_t)strtol(test_value(pg, "SELECT pg_backend_pid()"), NULL, 10);
    OK(pg_begin(pg, PG_TX_WRITE, &err));
    pg->timeout_s = 1;
    assert_int_equal(kill(backend, SIGSTOP), 0); /* tests/pg.sh runs the server as us, or we are root */
    double start = seconds();
    FAILS(pg_script(pg, "SELECT 1", &err), ERR_LOST, "no answer for 1 seconds");
    pg_rollback(pg);
    FAILS(pg_begin(pg, PG_TX_WRITE, &err), ERR_LOST, "closed");
    pg_close(pg);
    assert_true(seconds() - start < 30);
    kill(backend, SIGCONT);
    assert_string_equal(test_value(other, "SELECT 'others go on'"), "others go on");
    err_clear(&err);
    pg_close(other);
}

/* What is sent to any other address leaves this machine, and should be encrypted. */
static void addresses_of_this_machine(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool local;
    } rows[] = {{"127.0.0.1", true},  {"127.9.9.9", true},         {"10.0.0.1", false},    {"128.0.0.1", false},
                {"::1", true},        {"::ffff:127.0.0.1", true},  {"2001:db8::1", false}, {"::ffff:10.0.0.1", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CASE("%s", rows[i].text);
        struct sockaddr_storage address = {0};
        bool six = strchr(rows[i].text, ':');
        void *into = six ? (void *)&((struct sockaddr_in6 *)&address)->sin6_addr
                         : (void *)&((struct sockaddr_in *)&address)->sin_addr;
        address.ss_family = six ? AF_INET6 : AF_INET;
        assert_int_equal(inet_pton(address.ss_family, rows[i].text, into), 1);
        assert_int_equal(pg_address_is_local(&address), rows[i].local);
    }
    assert_true(pg_address_is_local(&(struct sockaddr_storage){.ss_family = AF_UNIX}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_this_machine),
        cmocka_unit_test(a_silent_host_costs_its_timeout_and_no_more),
        cmocka_unit_test(a_signal_ends_connecting),
        cmocka_unit_test(passwords_stay_secret),
        cmocka_unit_test(a_server_that_takes_no_writes_is_refused),
        cmocka_unit_test(a_stopped_backend_counts_as_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

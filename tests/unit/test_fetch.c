/* Requests: what counts as an answer, and that every wait ends. */
#include <setjmp.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "artsync/fetch.h"
#include "artsync/interrupt.h"
#include "artsync/mem.h"
#include "case.h"

static const char secret[] = "abcdef0123456789";

/* A socket of loopback on a free port; who connects waits for good. */
static int listener(char url[100])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(fd, 8), 0);
    getsockname(fd, (struct sockaddr *)&address, &n);
    snprintf(url, 100, "http://127.0.0.1:%d/%s", ntohs(address.sin_port), secret);
    return fd;
}

static bool get(const char *url, int timeout_ms, Err *err)
{
    long status;
    return fetch_get(&(FetchRequest){url, NULL, timeout_ms}, &status, err);
}

static void fails(const char *url, int timeout_ms, ErrCode code)
{
    Err err = {0};
    assert_false(get(url, timeout_ms, &err));
    assert_int_equal(err.code, code);
    assert_null(strstr(err.message, secret));
    assert_null(err.hint ? strstr(err.hint, secret) : NULL);
    err_clear(&err);
}

static void not_a_url(void **state)
{
    (void)state;
    static const char *const urls[] = {"file:///etc/passwd", "ftp://127.0.0.1/abcdef0123456789", "abcdef0123456789", "",
                                       "gopher://127.0.0.1:1/abcdef0123456789"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        CASE("%s", urls[i]);
        fails(urls[i], 10000, ERR_CONFIG);
    }
    fails("http://[abcdef0123456789", 10000, ERR_CONNECT);
}

static void no_server(void **state)
{
    (void)state;
    char url[100];
    close(listener(url));
    fails(url, 10000, ERR_CONNECT);
}

static void a_server_that_says_nothing(void **state)
{
    (void)state;
    char url[100];
    int fd = listener(url);
    fails(url, 100, ERR_TIMEOUT);
    close(fd);
}

static void *send_signal(void *ctx)
{
    int fd = *(int *)ctx, peer = accept(fd, NULL, NULL); /* it is connected: it waits */
    char byte;
    if (read(peer, &byte, 1) == 1)
        kill(getpid(), SIGTERM);
    return NULL;
}

static void a_signal_ends_the_wait(void **state)
{
    (void)state;
    char url[100];
    int fd = listener(url);
    pthread_t thread;
    interrupt_setup();
    interrupt_hold(); /* as after COMMIT */
    pthread_create(&thread, NULL, send_signal, &fd);
    fails(url, 3600 * 1000, ERR_TERMINATED);
    pthread_join(thread, NULL);
    close(fd);
    interrupt_setup();
}

static void *answer_without_end(void *ctx)
{
    static const char head[] = "HTTP/1.1 200 OK\r\n\r\n", bytes[65536];
    int peer = accept(*(int *)ctx, NULL, NULL);
    ssize_t n = send(peer, head, sizeof head - 1, MSG_NOSIGNAL);
    while (n > 0)
        n = send(peer, bytes, sizeof bytes, MSG_NOSIGNAL);
    close(peer);
    return NULL;
}

static void an_answer_without_end(void **state)
{
    (void)state;
    char url[100];
    int fd = listener(url);
    pthread_t thread;
    pthread_create(&thread, NULL, answer_without_end, &fd);
    fails(url, 3600 * 1000, ERR_CONNECT);
    pthread_join(thread, NULL);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_a_url),
        cmocka_unit_test(no_server),
        cmocka_unit_test(a_server_that_says_nothing),
        cmocka_unit_test(a_signal_ends_the_wait),
        cmocka_unit_test(an_answer_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "artsync/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static atomic_int caught; /* lock-free, so that a handler may write it and any thread read it */
static int wake[2] = {-1, -1}; /* a byte here wakes every poll(); it is never read, so that later polls wake too */

static void on_signal(int number)
{
    int saved = errno;
    if (!caught)
        caught = number;
    ssize_t ignored = write(wake[1], "", 1);
    (void)ignored;
    errno = saved;
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void interrupt_setup(void)
{
    for (int i = 0; i < 2; i++) {
        if (wake[i] >= 0)
            close(wake[i]);
        wake[i] = -1;
    }
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0)
        wake[0] = wake[1] = -1; /* the flag still works, between waits */
    caught = 0;
    handle(SIGPIPE, SIG_IGN);
    handle(SIGINT, on_signal);
    handle(SIGTERM, on_signal);
}

int interrupt_fd(void) { return wake[0]; }

bool interrupt_check(Err *err)
{
    if (caught == 0)
        return true;
    if (caught == SIGTERM)
        return err_set(err, ERR_TERMINATED, NULL, "terminated; nothing was changed");
    return err_set(err, ERR_INTERRUPTED, NULL, "interrupted; nothing was changed");
}

void interrupt_ignore(void)
{
    handle(SIGINT, SIG_IGN);
    handle(SIGTERM, SIG_IGN);
    caught = 0;
    for (int i = 0; i < 2; i++) {
        if (wake[i] >= 0)
            close(wake[i]);
        wake[i] = -1;
    }
}

#include "artsync/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "artsync/clock.h"
#include "artsync/progress.h"

static atomic_int caught; /* lock-free, so that a handler may write it and any thread read it */
static _Atomic int64_t caught_at; /* ms */
static atomic_bool held;
static int wake[2] = {-1, -1}; /* a byte here wakes every poll(); it is never read, so that later polls wake too */

static void on_signal(int number)
{
    int saved = errno;
    if (!caught) {
        caught_at = clock_ms();
        caught = number;
    }
    ssize_t ignored = write(wake[1], "", 1);
    (void)ignored;
    errno = saved;
}

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* What ends a run, as SIGINT or as SIGTERM does: every signal that would otherwise end the process without its
 * temporary files being removed, but for those that report a fault of the program. A signal that the caller had ignored
 * (nohup) stays ignored, but for the two that people and service managers send on purpose. */
static const struct {
    int number;
    bool terminates; /* else it interrupts */
    bool always;
} ending[] = {
    {SIGINT, false, true},    {SIGTERM, true, true},  {SIGQUIT, false, false}, {SIGHUP, true, false},
    {SIGXCPU, true, false},   {SIGUSR1, true, false}, {SIGUSR2, true, false},  {SIGALRM, true, false},
    {SIGVTALRM, true, false}, {SIGPROF, true, false}, {SIGPOLL, true, false},  {SIGPWR, true, false},
};
enum { ENDING = sizeof ending / sizeof ending[0] };

static bool is_ignored(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void handle_ending(int flags)
{
    for (int i = 0; i < ENDING; i++)
        if (ending[i].always || !is_ignored(ending[i].number))
            handle(ending[i].number, on_signal, flags);
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
    caught_at = 0;
    held = false;
    handle(SIGPIPE, SIG_IGN, 0);
    handle(SIGCHLD, SIG_DFL, 0); /* inherited as ignored, it would hide how a child ended */
    handle(SIGXFSZ, SIG_IGN, 0); /* the write fails, as on a full disk */
    handle_ending(0);
}

void interrupt_ignore_termination(void)
{
    for (int i = 0; i < ENDING; i++)
        if (ending[i].terminates)
            handle(ending[i].number, SIG_IGN, 0);
}

int interrupt_fd(void) { return held && caught ? -1 : wake[0]; }

int64_t interrupt_at(void) { return caught_at; }

bool interrupt_check(Err *err)
{
    progress_tick();
    if (caught == 0 || held)
        return true;
    bool terminates = false;
    for (int i = 0; i < ENDING; i++)
        terminates = terminates || (ending[i].number == caught && ending[i].terminates);
    if (terminates)
        return err_set(err, ERR_TERMINATED, NULL, "terminated; nothing was changed");
    return err_set(err, ERR_INTERRUPTED, NULL, "interrupted; nothing was changed");
}

/* The report still has to be written: a signal must not break a write in the middle. */
void interrupt_hold(void)
{
    held = true;
    handle_ending(SA_RESTART);
}

void interrupt_sleep(int ms)
{
    struct pollfd signal = {.fd = interrupt_fd(), .events = POLLIN};
    progress_tick();
    poll(&signal, 1, progress_pause(ms)); /* cut short by any signal: callers look at the clock themselves */
}

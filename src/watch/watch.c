/* watch.c - when to sync, and the sync. */
#include "artsync/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "artsync/clock.h"
#include "artsync/interrupt.h"
#include "artsync/log.h"
#include "artsync/mem.h"
#include "artsync/spawn.h"
#include "internal.h"

enum {
    BACKOFF_MS = 1000,
    BACKOFF_MAX_MS = 60000,
    LOOK_OFTEN_MS = 5000, /* where nothing tells */
    PAUSE_MS = 50         /* while a sync runs */
};

typedef struct Watch {
    const WatchOptions *options;
    Folder folder;
    uint64_t seen, synced;                /* what the folder holds, and what it held before the last sync */
    int64_t changed_at, due_at, retry_at; /* ms of clock_ms(); due_at: the interval is over; retry_at 0: none is due */
    int64_t said_at, watchdog_ms;
    int failures;    /* in a row */
    int last_status; /* of the failures; 0: none */
} Watch;

int64_t watch_backoff(int n)
{
    int64_t ms = BACKOFF_MS;
    while (n-- > 1 && ms < BACKOFF_MAX_MS)
        ms *= 2;
    return ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
}

bool watch_tries_again(int status) { return status == EXIT_DATABASE || status == EXIT_BUSY || status == EXIT_UNKNOWN; }

static void keep_alive(Watch *watch)
{
    int64_t now = clock_ms();
    if (watch->watchdog_ms && now - watch->said_at >= watch->watchdog_ms) {
        service_say("WATCHDOG=1");
        watch->said_at = now;
    }
}

/* ---- the sync ---- */

/* The service manager is ours to talk to. */
static bool is_manager(const char *entry)
{
    return strncmp(entry, "NOTIFY_SOCKET=", 14) == 0 || strncmp(entry, "WATCHDOG_", 9) == 0;
}

static pid_t start_sync(const Watch *watch)
{
    const char *more[16], told[] = "ARTSYNC_TOLD_STATUS=";
    char already[sizeof told + 12];
    int n = 0;
    while (n < 14 && watch->options->environment[n]) {
        more[n] = watch->options->environment[n];
        n++;
    }
    snprintf(already, sizeof already, "%s%d", told, watch->last_status);
    more[n++] = already;
    more[n] = NULL;
    char **environment = spawn_environment(is_manager, more);
    /* this very program, also after an update has replaced its file */
    pid_t pid = spawn_start(
        &(Spawn){"/proc/self/exe", watch->options->arguments, environment, -1, STDOUT_FILENO, STDERR_FILENO});
    int why = errno;
    free(environment);
    errno = why;
    return pid;
}

/* SIGINT is a person's wish to stop at once; SIGTERM lets it finish. */
static void pass_on_interrupt(pid_t pid, bool *passed)
{
    Err err = {0};
    if (!*passed && !interrupt_check(&err) && err.code == ERR_INTERRUPTED) {
        kill(pid, SIGINT);
        *passed = true;
    }
    err_clear(&err);
}

static bool run_sync(Watch *watch, int *status, Err *err)
{
    int64_t start = clock_ms(), told = -1;
    bool passed = false;
    pid_t pid = start_sync(watch);
    if (pid < 0)
        return err_set(err, ERR_IO, NULL, "cannot start a sync: %s", strerror(errno));
    while (!spawn_has_ended(pid, status)) {
        int64_t seconds = (clock_ms() - start) / 1000;
        if (seconds != told)
            service_say("STATUS=syncing for %lld s", (long long)(told = seconds));
        keep_alive(watch);
        pass_on_interrupt(pid, &passed);
        poll(NULL, 0, PAUSE_MS);
    }
    *status = WIFEXITED(*status) ? WEXITSTATUS(*status) : EXIT_REFUSED;
    if (*status == SPAWN_FAILED)
        return err_set(err, ERR_IO, NULL, "cannot start a sync: the program could not be run");
    return true;
}

static void note_end(Watch *watch, int status)
{
    int64_t now = clock_ms();
    watch->due_at = now + watch->options->interval_ms;
    watch->failures = watch_tries_again(status) ? watch->failures + 1 : 0;
    watch->last_status = watch->failures ? status : EXIT_DONE;
    watch->retry_at = watch->failures ? now + watch_backoff(watch->failures) : 0;
}

/* ---- when ---- */

static void look(Watch *watch)
{
    int64_t age;
    uint64_t found = folder_look(&watch->folder, &age);
    if (found != watch->seen)
        watch->changed_at = clock_ms();
    watch->seen = found;
}

/* An export that was there long before is complete: nothing to wait for. */
static void look_first(Watch *watch)
{
    int64_t age;
    watch->seen = folder_look(&watch->folder, &age);
    watch->changed_at =
        age >= 0 && age < watch->options->still_ms ? clock_ms() - age : clock_ms() - watch->options->still_ms;
}

/* How long there is nothing to do; 0: it is time for a sync. */
static int64_t idle_ms(const Watch *watch)
{
    int64_t now = clock_ms(), at = watch->due_at;
    if (watch->retry_at)
        at = watch->retry_at;
    else if (watch->seen != watch->synced)
        at = now;
    int64_t still_at = watch->changed_at + watch->options->still_ms;
    if (at < still_at)
        at = still_at;
    return at > now ? at - now : 0;
}

static void tell_waiting(const Watch *watch, int64_t idle)
{
    long long seconds = (long long)(idle + 999) / 1000;
    if (watch->retry_at)
        service_say("STATUS=the last sync failed with status %d; trying again in %lld s", watch->last_status, seconds);
    else if (watch->seen != watch->synced)
        service_say("STATUS=the export is still changing");
    else
        service_say("STATUS=waiting for the next export; syncing in %lld s at the latest", seconds);
}

static bool wait_for_events(Watch *watch, int64_t ms, Err *err)
{
    int64_t longest = watch->folder.events < 0 || watch->folder.of_parent < 0 ? LOOK_OFTEN_MS : watch->options->look_ms;
    struct pollfd fds[2] = {{.fd = interrupt_fd(), .events = POLLIN}, {.fd = watch->folder.events, .events = POLLIN}};
    if (watch->watchdog_ms && watch->watchdog_ms < longest)
        longest = watch->watchdog_ms;
    if (poll(fds, 2, (int)(ms < longest ? ms : longest)) < 0 && errno != EINTR)
        return err_set(err, ERR_IO, NULL, "cannot wait for the folder: %s", strerror(errno));
    folder_drain(&watch->folder);
    return interrupt_check(err);
}

static bool wait_until_due(Watch *watch, Err *err)
{
    uint64_t told = ~watch->seen;
    bool first = true;
    for (;;) {
        look(watch);
        int64_t idle = idle_ms(watch);
        if (!interrupt_check(err))
            return false;
        if (idle == 0)
            return true;
        if (first || told != watch->seen)
            tell_waiting(watch, idle);
        told = watch->seen;
        first = false;
        keep_alive(watch);
        if (!wait_for_events(watch, idle, err))
            return false;
    }
}

static bool loop(Watch *watch, ExitStatus *status, Err *err)
{
    int ended;
    for (;;) {
        if (!wait_until_due(watch, err))
            return false;
        uint64_t before = watch->seen;
        if (!run_sync(watch, &ended, err))
            return false;
        watch->synced = before;
        note_end(watch, ended);
        if (!interrupt_check(err))
            return false;
        if (watch->options->once && !watch->failures) {
            *status = (ExitStatus)ended;
            return true;
        }
    }
}

bool watch_run(const WatchOptions *options, ExitStatus *status, Err *err)
{
    Watch watch = {
        .options = options, .synced = UINT64_MAX, .due_at = clock_ms(), .watchdog_ms = service_watchdog_ms()};
    folder_open(&watch.folder, options->folder);
    look_first(&watch);
    service_say("READY=1");
    *status = EXIT_DONE;
    bool ok = loop(&watch, status, err);
    service_say("STOPPING=1");
    folder_close(&watch.folder);
    if (!ok && err->code == ERR_TERMINATED) {
        err_clear(err);
        *status = EXIT_DONE;
        return true;
    }
    return ok;
}

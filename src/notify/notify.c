/* notify.c - the program that is told how a run ended. */
#include "artsync/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "artsync/clock.h"
#include "artsync/interrupt.h"
#include "artsync/mem.h"
#include "artsync/spawn.h"

enum {
    SAID_MAX = 300,         /* bytes of what it prints, for the warning */
    AFTER_SIGNAL_MS = 2000, /* somebody wants artsync to end */
    LOOK_MS = 20
};

static bool ends_with(const char *name, size_t n, const char *end)
{
    size_t length = strlen(end);
    return n >= length && strncasecmp(name + n - length, end, length) == 0;
}

/* The database's variables, and what is a secret by its name. */
static bool hides(const char *variable)
{
    static const char *const ends[] = {"TOKEN", "SECRET", "KEY", "PASSWORD"};
    size_t n = strcspn(variable, "=");
    if (strncasecmp(variable, "PG", 2) == 0 || ends_with(variable, n, "DATABASE_URL") ||
        (n == 21 && strncmp(variable, "ARTSYNC_HEARTBEAT_URL", n) == 0))
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(variable, n, ends[i]))
            return true;
    return false;
}

static bool check_program(const char *program, Err *err)
{
    struct stat info;
    if (stat(program, &info) != 0)
        return err_set(err, ERR_MISSING, NULL, "%s", strerror(errno));
    if (!S_ISREG(info.st_mode))
        return err_set(err, ERR_CONFIG, NULL, "it is not a file");
    if (access(program, X_OK) != 0)
        return err_set(err, ERR_CONFIG, "make it executable: chmod +x", "it is not executable");
    return true;
}

static pid_t start(const Notice *notice, int out)
{
    Arena arena = {0};
    char **environment =
        spawn_environment(hides, (const char *[]){arena_printf(&arena, "ARTSYNC_STATUS=%d", (int)notice->status),
                                                  arena_printf(&arena, "ARTSYNC_SYNC_ID=%s", notice->sync_id),
                                                  arena_printf(&arena, "ARTSYNC_SUMMARY=%s", notice->summary), NULL});
    char *arguments[] = {arena_str(&arena, notice->program), NULL};
    int in = -1;
    if (notice->report && fflush(notice->report) == 0 && lseek(fileno(notice->report), 0, SEEK_SET) == 0)
        in = fileno(notice->report);
    pid_t pid = spawn_start(&(Spawn){notice->program, arguments, environment, in, out, out});
    int why = errno;
    free(environment);
    arena_free(&arena);
    errno = why;
    return pid;
}

/* Take what it prints, so that it never waits for us, and keep the beginning. False: it has closed its end. */
static bool listen_to(int out, Buf *said)
{
    char bytes[4096];
    ssize_t n = read(out, bytes, sizeof bytes);
    if (n > 0 && said->len < SAID_MAX)
        buf_add(said, bytes, (size_t)n < SAID_MAX - said->len ? (size_t)n : SAID_MAX - said->len);
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Until it ends or its time is over. What it started may hold the pipe open for longer: only its own end counts. */
static bool await(pid_t pid, int out, int timeout_ms, Buf *said, int *status)
{
    int64_t start = clock_ms();
    struct pollfd wait = {.fd = out, .events = POLLIN};
    while (!spawn_has_ended(pid, status)) {
        int64_t deadline = start + (interrupt_at() && timeout_ms > AFTER_SIGNAL_MS ? AFTER_SIGNAL_MS : timeout_ms);
        if (clock_ms() >= deadline) {
            spawn_kill(pid);
            return false;
        }
        if (poll(&wait, 1, LOOK_MS) > 0 && !listen_to(out, said))
            wait.fd = -1;
    }
    while (wait.fd >= 0 && poll(&wait, 1, 0) > 0 && listen_to(out, said) && said->len < SAID_MAX)
        ;
    return true;
}

static bool judge(int status, const Buf *said, Err *err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    const char *words = buf_view(said).p;
    int n = (int)strcspn(words, "\r\n");
    if (WIFSIGNALED(status))
        return err_set(err, ERR_REFUSED, NULL, "it was ended by signal %d%s%.*s", WTERMSIG(status), n ? ": " : "", n,
                       words);
    return err_set(err, ERR_REFUSED, NULL, "it ended with status %d%s%.*s", WEXITSTATUS(status), n ? ": " : "", n,
                   words);
}

bool notify_run(const Notice *notice, Err *err)
{
    int ends[2], status = 0;
    if (!check_program(notice->program, err))
        return false;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set(err, ERR_IO, NULL, "%s", strerror(errno));
    pid_t pid = start(notice, ends[1]);
    int why = errno;
    close(ends[1]);
    Buf said = {0};
    bool ok;
    if (pid < 0)
        ok = err_set(err, ERR_IO, NULL, "%s", strerror(why));
    else if (!await(pid, ends[0], notice->timeout_ms, &said, &status))
        ok = err_set(err, ERR_TIMEOUT, NULL, "it did not end in time and was ended");
    else
        ok = judge(status, &said, err);
    close(ends[0]);
    buf_free(&said);
    return ok;
}

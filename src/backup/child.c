#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "artsync/clock.h"
#include "artsync/file.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "artsync/spawn.h"

enum {
    ERRORS_MAX = 4000,
    PAUSE_MAX_MS = 50
};

static pid_t spawn(const char *program, char *const *arguments, const char *password, int out, int errors)
{
    Arena arena = {0};
    char *secret = password ? arena_printf(&arena, "PGPASSWORD=%s", password) : NULL;
    char **environment = spawn_environment(NULL, (const char *[]){"LC_ALL=C", secret, NULL});
    pid_t pid = spawn_start(&(Spawn){program, arguments, environment, -1, out, errors});
    int why = errno;
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(environment);
    arena_free(&arena);
    errno = why;
    return pid;
}

bool child_start(Child *child, const char *program, const char *const *arguments, const char *password, Err *err)
{
    int ends[2];
    size_t n = 0;
    *child = (Child){
        .program = program, .pid = -1, .out = -1, .timeout_s = CHILD_TIMEOUT_S, .errors = file_temporary(err)};
    if (!child->errors)
        return false;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        err_set(err, ERR_IO, NULL, "cannot run %s: %s", program, strerror(errno));
        child_kill(child);
        return false;
    }
    while (arguments[n])
        n++;
    char **copy = mem_alloc(sizeof *copy * (n + 1));
    for (size_t i = 0; i < n; i++)
        copy[i] = mem_dup(arguments[i]);
    child->pid = spawn(program, copy, password, ends[1], fileno(child->errors));
    int why = errno;
    for (size_t i = 0; i < n; i++)
        free(copy[i]);
    free(copy);
    close(ends[1]);
    child->out = ends[0];
    if (child->pid > 0)
        return true;
    child_kill(child);
    return err_set(err, ERR_IO, NULL, "cannot run %s: %s", program, strerror(why));
}

/* ---- waiting for it: a signal and a deadline end every wait ---- */

static const char *name_of(const Child *child)
{
    const char *slash = strrchr(child->program, '/');
    return slash ? slash + 1 : child->program;
}

static bool too_slow(const Child *child, Err *err)
{
    return err_set(err, ERR_TIMEOUT, "the server or the network hangs; run it again once they answer",
                   "%s made no progress for %d seconds", name_of(child), child->timeout_s);
}

/* Has the file that it writes grown since this was last asked? */
static bool has_grown(Child *child)
{
    struct stat now;
    if (!child->grows || stat(child->grows, &now) != 0 || now.st_size == child->size)
        return false;
    child->size = now.st_size;
    return true;
}

bool child_read(Child *child, char *bytes, size_t size, size_t *n, Err *err)
{
    struct pollfd wait[2] = {{.fd = child->out, .events = POLLIN}, {.fd = interrupt_fd(), .events = POLLIN}};
    int64_t deadline = clock_ms() + (int64_t)child->timeout_s * 1000;
    for (;;) {
        int64_t left = deadline - clock_ms();
        if (!interrupt_check(err))
            return false;
        if (left <= 0 && !has_grown(child))
            return too_slow(child, err);
        if (left <= 0)
            deadline += (int64_t)child->timeout_s * 1000;
        else if (poll(wait, 2, progress_pause((int)left)) < 0 && errno != EINTR)
            return err_set(err, ERR_IO, NULL, "cannot wait for %s: %s", child->program, strerror(errno));
        if (left <= 0 || !wait[0].revents)
            continue;
        ssize_t got = read(child->out, bytes, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_IO, NULL, "cannot read from %s: %s", child->program, strerror(errno));
        *n = (size_t)got;
        return true;
    }
}

/* Wait up to `limit_ms` for its end; with `err`, a signal ends the wait, too. False: it has not ended. */
static bool await(Child *child, int64_t limit_ms, int *status, Err *err)
{
    int64_t deadline = clock_ms() + limit_ms;
    for (int pause_ms = 1;; pause_ms = pause_ms < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS) {
        pid_t ended = waitpid(child->pid, status, WNOHANG);
        if (ended < 0 && errno != EINTR) { /* it is gone, and what it answered is lost */
            *status = SPAWN_FAILED << 8;
            ended = child->pid;
        }
        if (ended == child->pid) {
            child->pid = -1;
            return true;
        }
        if ((err && !interrupt_check(err)) || clock_ms() >= deadline)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = pause_ms * 1000000L}, NULL);
    }
}

/* What it wrote to stderr, without the line ends at its end. */
static void read_errors(const Child *child, Buf *out)
{
    char bytes[ERRORS_MAX];
    rewind(child->errors);
    buf_add(out, bytes, fread(bytes, 1, sizeof bytes, child->errors));
    while (out->len && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == ' '))
        out->data[--out->len] = '\0';
}

static void let_go(Child *child)
{
    if (child->out >= 0)
        close(child->out);
    if (child->errors)
        fclose(child->errors);
    *child = (Child){.pid = -1, .out = -1};
}

/* Why it failed: its own message where there is one. */
static bool failed(const Child *child, int status, Err *err)
{
    Buf output = {0};
    read_errors(child, &output);
    if (output.len)
        err_set(err, ERR_REFUSED, NULL, "%s", output.data);
    else if (WIFSIGNALED(status))
        err_set(err, ERR_REFUSED, NULL, "%s was ended by signal %d", name_of(child), WTERMSIG(status));
    else
        err_set(err, ERR_REFUSED, NULL, "%s could not be run, or failed without a message (status %d)", name_of(child),
                WEXITSTATUS(status));
    buf_free(&output);
    return false;
}

bool child_end(Child *child, Err *err)
{
    int status = 0;
    if (child->out >= 0) /* it ends when its reader has closed the pipe */
        close(child->out);
    child->out = -1;
    if (!await(child, (int64_t)child->timeout_s * 1000, &status, err)) {
        if (err->code == ERR_NONE)
            too_slow(child, err);
        child_kill(child);
        return false;
    }
    bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!ok && interrupt_check(err))
        failed(child, status, err);
    let_go(child);
    return ok;
}

/* pg_dump first asks the server to cancel, over a network that may not answer: it gets a short time only. */
void child_kill(Child *child)
{
    if (child->pid > 0)
        spawn_kill(child->pid);
    let_go(child);
}

bool child_run(const char *program, const char *const *arguments, const char *password, const char *grows, Buf *out,
               Err *err)
{
    Child child;
    char bytes[16384];
    size_t n = 0;
    if (!child_start(&child, program, arguments, password, err))
        return false;
    child.grows = grows;
    do {
        if (!child_read(&child, bytes, sizeof bytes, &n, err)) {
            child_kill(&child);
            return false;
        }
        if (out)
            buf_add(out, bytes, n);
    } while (n);
    return child_end(&child, err);
}

/* ---- which program ---- */

/* "pg_dump (PostgreSQL) 15.20 (Debian ...)" -> 15; 0: it says nothing of the kind. */
static int major_of(const char *program, Err *err)
{
    Buf output = {0};
    Err ignored = {0};
    const char *arguments[] = {program, "--version", NULL};
    int major = 0;
    if (child_run(program, arguments, NULL, NULL, &output, &ignored)) {
        const char *version = strstr(output.data ? output.data : "", "(PostgreSQL) ");
        major = version ? (int)strtol(version + 13, NULL, 10) : 0;
    }
    if (ignored.code == ERR_IO) /* it could not even be started, and so could no other */
        err_set(err, ERR_IO, ignored.hint, "%s", ignored.message);
    err_clear(&ignored);
    buf_free(&output);
    interrupt_check(err);
    return major;
}

static void consider(const char *folder, size_t n, const char *name, int major, Arena *arena, const char **best,
                     int *found, Err *err)
{
    const char *program = arena_printf(arena, "%.*s/%s", (int)n, folder, name);
    if (access(program, X_OK) != 0)
        return;
    int its = major_of(program, err);
    if (its < major || (*best && its >= *found))
        return;
    *best = program;
    *found = its;
}

bool child_find(const char *name, int major, Arena *arena, const char **program, int *found, Err *err)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"};
    *program = NULL;
    *found = 0;
    for (size_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
        glob_t folders = {0};
        if (glob(patterns[p], 0, NULL, &folders) == 0)
            for (size_t i = 0; i < folders.gl_pathc; i++)
                consider(folders.gl_pathv[i], strlen(folders.gl_pathv[i]), name, major, arena, program, found, err);
        globfree(&folders);
    }
    const char *path = getenv("PATH");
    for (const char *p = path ? path : ""; *p && *found != major;) {
        size_t n = strcspn(p, ":");
        if (n)
            consider(p, n, name, major, arena, program, found, err);
        p += n + (p[n] == ':');
    }
    if (err->code != ERR_NONE)
        return false;
    return *program || err_set(err, ERR_MISSING, "install postgresql-client",
                               "there is no %s of version %d or newer here", name, major);
}

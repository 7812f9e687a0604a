#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "artsync/interrupt.h"

enum { ERRORS_MAX = 4000, EXEC_FAILED = 127 };

/* In the child: nothing of ours but its three descriptors, and signals as if nobody had touched them. */
static void become(const char *program, char *const *arguments, const char *password, int out, int errors, pid_t parent)
{
    int null = open("/dev/null", O_RDONLY);
    bool ok = null >= 0 && dup2(null, 0) >= 0 && dup2(out, 1) >= 0 && dup2(errors, 2) >= 0;
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* it has no business without us */
    ok = ok && getppid() == parent && setenv("LC_ALL", "C", 1) == 0 &&
         (!password || setenv("PGPASSWORD", password, 1) == 0);
    if (ok)
        execv(program, arguments);
    _exit(EXEC_FAILED);
}

bool child_start(Child *child, const char *program, const char *const *arguments, const char *password, Err *err)
{
    int ends[2];
    size_t n = 0;
    *child = (Child){.program = program, .pid = -1, .out = -1, .errors = tmpfile()};
    if (!child->errors || pipe2(ends, O_CLOEXEC) != 0) {
        child_kill(child);
        return err_set(err, ERR_IO, NULL, "cannot run %s: %s", program, strerror(errno));
    }
    while (arguments[n])
        n++;
    char **copy = mem_alloc(sizeof *copy * (n + 1));
    for (size_t i = 0; i < n; i++)
        copy[i] = mem_dup(arguments[i]);
    pid_t parent = getpid();
    child->pid = fork();
    if (child->pid == 0)
        become(program, copy, password, ends[1], fileno(child->errors), parent);
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

bool child_read(Child *child, char *bytes, size_t size, size_t *n, Err *err)
{
    struct pollfd wait[2] = {{.fd = child->out, .events = POLLIN}, {.fd = interrupt_fd(), .events = POLLIN}};
    for (;;) {
        if (!interrupt_check(err))
            return false;
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            return err_set(err, ERR_IO, NULL, "cannot wait for %s: %s", child->program, strerror(errno));
        if (!wait[0].revents)
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

/* What it said, without the line ends at its end. */
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

bool child_end(Child *child, Err *err)
{
    int status = 0;
    if (child->out >= 0) /* a reader that has left ends it */
        close(child->out);
    child->out = -1;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        ;
    child->pid = -1;
    bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!ok && interrupt_check(err)) {
        Buf said = {0};
        read_errors(child, &said);
        const char *name = strrchr(child->program, '/') ? strrchr(child->program, '/') + 1 : child->program;
        if (said.len)
            err_set(err, ERR_REFUSED, NULL, "%s", said.data);
        else if (WIFSIGNALED(status))
            err_set(err, ERR_REFUSED, NULL, "%s was ended by signal %d", name, WTERMSIG(status));
        else
            err_set(err, ERR_REFUSED, NULL, "%s could not be run, or failed without a word (status %d)", name,
                    WEXITSTATUS(status));
        buf_free(&said);
    }
    let_go(child);
    return ok;
}

void child_kill(Child *child)
{
    if (child->pid > 0) {
        kill(child->pid, SIGTERM);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    let_go(child);
}

bool child_run(const char *program, const char *const *arguments, const char *password, Buf *out, Err *err)
{
    Child child;
    char bytes[16384];
    size_t n = 0;
    if (!child_start(&child, program, arguments, password, err))
        return false;
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
    Buf said = {0};
    Err ignored = {0};
    const char *arguments[] = {program, "--version", NULL};
    int major = 0;
    if (child_run(program, arguments, NULL, &said, &ignored)) {
        const char *version = strstr(said.data ? said.data : "", "(PostgreSQL) ");
        major = version ? (int)strtol(version + 13, NULL, 10) : 0;
    }
    err_clear(&ignored);
    buf_free(&said);
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

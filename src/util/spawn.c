/* spawn.c - fork and exec, and what is between them. */
#include "artsync/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "artsync/clock.h"
#include "artsync/mem.h"

enum {
    GRACE_MS = 2000, /* between SIGTERM and SIGKILL */
    PAUSE_MAX_MS = 50
};

/* A descriptor for the child, above those that it will have. */
static int take(int fd, int flags) { return fd >= 0 ? fcntl(fd, F_DUPFD, 3) : open("/dev/null", flags | O_CLOEXEC); }

/* In the child, all signals blocked. */
static void become(const Spawn *what, pid_t parent)
{
    int from[3] = {take(what->in, O_RDONLY), take(what->out, O_WRONLY), take(what->errors, O_WRONLY)};
    bool ok = true;
    for (int fd = 0; fd <= 2; fd++)
        ok = ok && from[fd] >= 0 && dup2(from[fd], fd) >= 0;
    for (int fd = 0; fd <= 2; fd++)
        if (from[fd] > 2)
            close(from[fd]);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL); /* fails for those that cannot be changed */
    signal(SIGXFSZ, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (ok && getppid() == parent)
        execve(what->program, what->arguments, what->environment ? what->environment : environ);
    _exit(SPAWN_FAILED);
}

/* Until it has called execve, the child has our handlers, which would swallow a signal: it gets none before it has
 * reset them. */
pid_t spawn_start(const Spawn *what)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(what, parent);
    int why = errno;
    if (pid > 0)
        setpgid(pid, pid); /* both sides do it: whichever is first, it is done before either goes on */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return pid;
}

/* While it has not been waited for, nothing else can have its number, nor its group's. */
bool spawn_has_ended(pid_t pid, int *status)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0)
        return false;
    kill(-pid, SIGKILL);
    pid_t ended;
    while ((ended = waitpid(pid, status, 0)) < 0 && errno == EINTR)
        ;
    if (ended < 0) /* what it answered is lost */
        *status = SPAWN_FAILED << 8;
    return true;
}

void spawn_kill(pid_t pid)
{
    int status;
    kill(-pid, SIGTERM);
    int64_t deadline = clock_ms() + GRACE_MS;
    for (int pause_ms = 1; clock_ms() < deadline; pause_ms = pause_ms < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS) {
        if (spawn_has_ended(pid, &status))
            return;
        nanosleep(&(struct timespec){.tv_nsec = pause_ms * 1000000L}, NULL);
    }
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
}

static bool is_replaced(const char *entry, const char *const *more)
{
    size_t n = strcspn(entry, "=") + 1;
    for (; *more; more++)
        if (strncmp(entry, *more, n) == 0)
            return true;
    return false;
}

char **spawn_environment(bool (*drop)(const char *entry), const char *const *more)
{
    size_t n = 0, used = 0;
    for (char **e = environ; e && *e; e++)
        n++;
    for (const char *const *m = more; *m; m++)
        n++;
    char **list = mem_alloc(sizeof *list * (n + 1));
    for (char **e = environ; e && *e; e++)
        if (!(drop && drop(*e)) && !is_replaced(*e, more))
            list[used++] = *e;
    for (; *more; more++)
        list[used++] = (char *)*more;
    return list;
}

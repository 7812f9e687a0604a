/* spawn.h - start another program, without a shell: arguments as they are, with three open descriptors only.
 *
 * It has default signal handlers (SIGXFSZ alone is ignored, so that a write fails with a message), a process group of
 * its own named by its process id, and ends with this process. The caller waits for it.
 */
#ifndef ARTSYNC_SPAWN_H
#define ARTSYNC_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct Spawn {
    const char *program;      /* a path; nothing is looked up in PATH */
    char *const *arguments;   /* from the program's own name on; ends with NULL */
    char *const *environment; /* ends with NULL; NULL: ours */
    int in, out, errors;      /* its descriptors 0, 1 and 2; -1: /dev/null */
} Spawn;

enum { SPAWN_FAILED = 127 }; /* the exit status of one that could not be run */

/* Its process id; -1 with errno. */
pid_t spawn_start(const Spawn *what);

/* Has it ended? Then *status is as waitpid gives it, and what it left in its process group is ended, too. */
bool spawn_has_ended(pid_t pid, int *status);

/* SIGTERM to its group, and what has not ended soon after gets SIGKILL. Returns within seconds. */
void spawn_kill(pid_t pid);

/* Our environment without the entries that `drop` (may be NULL) refuses, and with `more` ("NAME=value", ends with
 * NULL), which replace entries of their name. The array is malloc'ed, its entries are those of environ and `more`. */
char **spawn_environment(bool (*drop)(const char *entry), const char *const *more);

#endif

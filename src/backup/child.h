/* child.h - another program, run without a shell: arguments as they are, the password through the environment only.
 * Its stdout is read here, and its stderr becomes the error. It has default signal handlers and a process
 * group of its own. A signal or too long a time without progress ends it: SIGTERM, and soon after SIGKILL. */
#ifndef ARTSYNC_BACKUP_CHILD_H
#define ARTSYNC_BACKUP_CHILD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "artsync/err.h"
#include "artsync/mem.h"

typedef struct Child {
    const char *program;
    pid_t pid;
    int out;      /* its stdout */
    FILE *errors; /* its stderr, kept in an unlinked file */
    int timeout_s; /* seconds without progress; CHILD_TIMEOUT_S unless the caller says otherwise after child_start */
    const char *grows; /* a file that it writes: its growth is progress, too; NULL: none */
    off_t size;        /* of that file, when it was last looked at */
} Child;

enum { CHILD_TIMEOUT_S = 10 * 60 };

/* `arguments` begin with the program's name and end with NULL; `password` may be NULL. */
bool child_start(Child *child, const char *program, const char *const *arguments, const char *password, Err *err);

/* Some bytes of its stdout; *n = 0 at the end. ERR_INTERRUPTED, ERR_TERMINATED: a signal came. ERR_TIMEOUT: neither a
 * byte nor growth for `timeout_s` seconds. */
bool child_read(Child *child, char *bytes, size_t size, size_t *n, Err *err);

/* Wait for its end, as long as child_read would. ERR_REFUSED with its message if it failed. */
bool child_end(Child *child, Err *err);
void child_kill(Child *child); /* returns within seconds; accepts one that has ended */

/* All in one: `out` (may be NULL) gets its stdout; `grows` as in Child. */
bool child_run(const char *program, const char *const *arguments, const char *password, const char *grows, Buf *out,
               Err *err);

/* The program called `name` (pg_dump, pg_restore) of the oldest major version that is at least `major`, found below
 * /usr/lib/postgresql and in PATH. */
bool child_find(const char *name, int major, Arena *arena, const char **program, int *found, Err *err);

#endif

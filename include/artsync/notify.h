/* notify.h - tell others how a run ended: a program of the user's, and a URL that is called after every run.
 *
 * Nothing that they do changes the run: it is over, its lock is released, its report printed. Their failure is told by
 * `err`, for a warning.
 */
#ifndef ARTSYNC_NOTIFY_H
#define ARTSYNC_NOTIFY_H

#include <stdbool.h>
#include <stdio.h>

#include "artsync/err.h"

typedef struct Notice {
    const char *program; /* a path */
    FILE *report;        /* what it reads on stdin, from its first byte; NULL: nothing */
    ExitStatus status;
    const char *sync_id; /* "": there is none */
    const char *summary; /* one line */
    int timeout_ms;      /* then it is ended */
} Notice;

enum { NOTIFY_TIMEOUT_MS = 30000, HEARTBEAT_TIMEOUT_MS = 10000 };

/* Run the program in a process group of its own, without a shell. It gets ARTSYNC_STATUS, ARTSYNC_SYNC_ID and
 * ARTSYNC_SUMMARY, and of our environment all but DATABASE_URL, PG* and names that end in TOKEN,
 * SECRET, KEY or PASSWORD; what it prints is dropped. A signal shortens its
 * time. False: it could not be run, failed, or did not end in time. */
bool notify_run(const Notice *notice, Err *err);

/* Request the URL; where the run did not end well, with /fail appended to its path. An answer other than 2xx is a
 * failure. */
bool heartbeat_send(const char *url, bool well, const char *ca_file, Err *err);

/* Can the URL's server be reached, by TLS where it is https? Asks for its page / alone, so that no heartbeat is sent;
 * whatever it answers is fine. */
bool heartbeat_try(const char *url, const char *ca_file, Err *err);

#endif

/* watch.h - sync whenever the export folder has a new, complete export, or an interval is over.
 *
 * Each sync is a process of its own, started as `artsync sync` would be: its memory, its connections and its failures
 * are gone when it ends, and the next one reads the settings anew. It does not stop for SIGTERM, so that a service
 * manager may send that to all processes at once: the transaction under way is finished.
 */
#ifndef ARTSYNC_WATCH_H
#define ARTSYNC_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/err.h"

typedef struct WatchOptions {
    const char *folder;             /* need not exist yet */
    int64_t interval_ms, still_ms;  /* between two syncs at most; without a change of the folder before one */
    int64_t look_ms;                /* between two looks at a folder that tells of no change: a network drive */
    bool once;                      /* one sync, tried again while the database is away */
    char *const *arguments;         /* of the sync, from the program's name on; ends with NULL */
    const char *const *environment; /* "NAME=value" for it, besides ours; ends with NULL */
} WatchOptions;

enum { WATCH_STILL_MS = 5000, WATCH_LOOK_MS = 30000 };

/* Until a signal comes, or with `once` a sync has ended: *status is then what it ended with. SIGTERM ends it with true
 * and EXIT_DONE, after the sync under way; SIGINT with ERR_INTERRUPTED, and interrupts that sync. */
bool watch_run(const WatchOptions *options, ExitStatus *status, Err *err);

/* How long to wait after the n-th failure in a row (n from 1 on), in ms: 1 s, 2 s, 4 s ... 60 s. */
int64_t watch_backoff(int n);

/* Does a sync that ended so need nothing but another try: the database is away, or another sync is running? */
bool watch_tries_again(int status);

#endif

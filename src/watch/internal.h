/* internal.h - what the files of watch/ share: the folder, and the service manager. */
#ifndef ARTSYNC_WATCH_INTERNAL_H
#define ARTSYNC_WATCH_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/err.h"

/* ---- the folder (folder.c) ---- */

typedef struct Folder {
    const char *path;
    char *parent;
    const char *name;       /* below the parent */
    int events;             /* of inotify; -1: there is none, only looking helps */
    int own, of_parent;     /* watches; -1: none */
    uint64_t device, inode; /* of the folder that `own` watches */
} Folder;

void folder_open(Folder *folder, const char *path);
void folder_close(Folder *folder);

/* A fingerprint of its files: names, sizes, times, and which files they are. 0: it cannot be read. *age_ms is how long
 * ago the newest came or was changed; INT64_MAX: there is none. Watches the folder that has the name now. */
uint64_t folder_look(Folder *folder, int64_t *age_ms);

/* Take the events that wait. */
void folder_drain(Folder *folder);

/* ---- the service manager (service.c): systemd's protocol, where NOTIFY_SOCKET is set ---- */

void service_say(const char *format, ...) ART_PRINTF(1, 2); /* "READY=1", "STATUS=..." */
int64_t service_watchdog_ms(void);                          /* how often it wants to hear WATCHDOG=1; 0: not at all */

#endif

/* map.h - between the files of `artsync map`. */
#ifndef ARTSYNC_CLI_MAP_H
#define ARTSYNC_CLI_MAP_H

#include "report_sync.h"

/* Keep the mapping of a run in its transaction: by its sync id, and as the latest (map_base.c). */
bool map_keep(Pg *pg, const char *sync_id, const char *text, Err *err);

/* What the report is given. */
typedef struct MapReport {
    SyncReport sync;       /* first: its sections are used, too */
    const char *from, *to; /* as the options name them */
} MapReport;

extern const ReportSection map_sections[];

#endif

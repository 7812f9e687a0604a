/* page.h - the report of one run as a page in a file: what the run found, the checks as they are now, the last
 * 90 days. */
#ifndef ARTSYNC_CLI_PAGE_H
#define ARTSYNC_CLI_PAGE_H

#include "artsync/check.h"
#include "report_sync.h"

typedef struct PageReport {
    SyncReport sync;      /* first: sections of sync's own report get it as their ctx */
    const char *type;     /* incremental, merge, full, rollback */
    const char *status;   /* completed, dry_run, failed, running, rolled_back */
    const char *of_sync;  /* a rollback's; else NULL */
    const char *error, *hint; /* why it failed; NULL */
    bool stored;          /* read from the log, which keeps neither conflicts nor what was cleaned */
    bool asked;           /* could the database be asked for what follows? `why_not` says why not */
    const char *why_not;
    Checks checks;
    PgRows *days;         /* of report_days.sql */
} PageReport;

/* A run that is over, from its log, into `result` (freed by the caller, also on failure). In an open transaction. */
bool stored_sync_read(Cli *cli, const char *sync_id, SyncResult *result, PageReport *page, Err *err);

/* Checks and days, in the open transaction. */
bool page_ask(Cli *cli, PageReport *page, Err *err);

/* Could the page be written to `path`? Leaves nothing behind. */
bool page_try(const char *path, Err *err);
/* Write it, whole or not at all, readable for its owner alone (0600), in place of an older one. In the open
 * transaction. */
bool page_write(const PageReport *page, const char *path, Err *err);
void page_free(PageReport *page);

/* The page of a run that ended just now; `failed` may be unset. */
bool page_of_run(Cli *cli, const SyncResult *result, const Err *failed, const char *path, Err *err);

#endif

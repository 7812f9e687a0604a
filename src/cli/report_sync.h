/* report_sync.h - the report of sync and diff, in sections. */
#ifndef ARTSYNC_CLI_REPORT_SYNC_H
#define ARTSYNC_CLI_REPORT_SYNC_H

#include "private.h"

/* What the sections are given. */
typedef struct SyncReport {
    Cli *cli;
    const SyncResult *result;
    bool failed;
    bool map;      /* what `artsync map` tells is more: rows that matched */
    int64_t limit; /* of changes: 0: all */
} SyncReport;

/* A run that failed tells people only why: its rejects and conflicts. */
static inline bool sync_is_hidden(const Report *report, const SyncReport *sync)
{
    return sync->failed && report_for(report) != FOR_PROGRAMS;
}

extern const ReportSection sync_sections[], diff_sections[];

/* What concerns a file as a whole, a vanished header above all, to stderr: where no report with warnings is printed. */
void report_file_warnings(CleaningReport *cleaning);

/* ---- sections that a page has, too ---- */

bool report_run(Report *report, void *ctx, Err *err);
bool report_tables(Report *report, void *ctx, Err *err);
bool report_conflicts(Report *report, void *ctx, Err *err);
bool report_cleaning(Report *report, void *ctx, Err *err);
bool report_warnings(Report *report, void *ctx, Err *err);
bool report_excel(Report *report, void *ctx, Err *err); /* what Excel has done to cells */
bool log_excel(Report *report, void *ctx, Err *err);    /* the same to stderr */
bool report_unmapped(Report *report, void *ctx, Err *err);
bool report_rejects(Report *report, void *ctx, Err *err);       /* each of them */
bool report_reject_groups(Report *report, void *ctx, Err *err); /* by table, column and code */
bool report_changes(Report *report, void *ctx, Err *err);       /* what a sync would change */

#endif

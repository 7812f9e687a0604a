/* report_excel.c - what Excel has done to the cells of a file, a line each: also of a run that failed, which it may be
 * the reason for. */
#include "artsync/log.h"
#include "report_sync.h"

static size_t notices_of(const SyncReport *sync, const ExcelNotice **notices)
{
    *notices = NULL;
    return sync->result->cleaning ? cleaning_report_excel_notices(sync->result->cleaning, notices) : 0;
}

bool report_excel(Report *report, void *ctx, Err *err)
{
    (void)err;
    const ExcelNotice *notices;
    size_t n = notices_of(ctx, &notices);
    if (n)
        report_heading(report, "Cells that Excel has changed");
    for (size_t i = 0; i < n; i++)
        report_line(report, "  %s.%s: %s", notices[i].table, notices[i].column, notices[i].text);
    return true;
}

bool log_excel(Report *report, void *ctx, Err *err)
{
    (void)report;
    (void)err;
    const ExcelNotice *notices;
    size_t n = notices_of(ctx, &notices);
    for (size_t i = 0; i < n; i++)
        log_attention("%s.%s: %s", notices[i].table, notices[i].column, notices[i].text);
    return true;
}

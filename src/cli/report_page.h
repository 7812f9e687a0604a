/* report_page.h - the sections of a page; their ctx is a PageReport. */
#ifndef ARTSYNC_CLI_REPORT_PAGE_H
#define ARTSYNC_CLI_REPORT_PAGE_H

#include "artsync/report.h"

extern const ReportSection page_sections[];

#endif

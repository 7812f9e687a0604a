/* counters.h - what a sync counts per table: one row a counter.
 *
 * The rows give the columns of the text report and the members of JSON, in this order, the parameters of
 * log_complete.sql from $2 on, in this order as well, and the totals. A new counter is a member of TableCounts, a row
 * here and a column of public.sync_logs (a migration, and log_complete.sql).
 */
#ifndef ARTSYNC_COUNTERS_H
#define ARTSYNC_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "artsync/style.h"
#include "artsync/counts.h"
#include "artsync/sync.h"

typedef enum CounterShown {
    COUNTER_ALWAYS,   /* to people, a column of its own */
    COUNTER_NOT_ZERO, /* where it is not 0 in some table */
    COUNTER_DATA      /* not as a column: in JSON and in the log alone */
} CounterShown;

typedef struct Counter {
    const char *name;       /* in JSON */
    const char *heading;    /* of its column, for people */
    const char *log_column; /* in public.sync_logs */
    size_t offset;          /* of the int64_t in TableCounts */
    Style style;            /* where it is not 0 */
    CounterShown shown;
} Counter;

enum { COUNTERS = 13 };
extern const Counter counters[COUNTERS];

int64_t counter_value(const Counter *counter, const TableCounts *counts);

/* The sums over all tables of the run. */
TableCounts counters_total(const SyncResult *result);

#endif

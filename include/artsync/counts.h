/* counts.h - what a run did to one table's records, in numbers. Each member has a row in counters.h. */
#ifndef ARTSYNC_COUNTS_H
#define ARTSYNC_COUNTS_H

#include <stdint.h>

typedef struct TableCounts {
    int64_t read, created, updated, unchanged, deactivated, reactivated;
    int64_t rejected, new_rejects, skipped_records, not_found, conflicts, overwritten, warnings;
} TableCounts;

#endif

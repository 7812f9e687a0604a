/* plan_skip.h - the statements that tell whether a source can be skipped; each function appends one to `out`. */
#ifndef ARTSYNC_SYNC_PLAN_SKIP_H
#define ARTSYNC_SYNC_PLAN_SKIP_H

#include "artsync/plan.h"

void plan_ids_fingerprint(Buf *out, const Table *table); /* one value, as record_index_fingerprint gives it */
void plan_row_gone(Buf *out, const Table *table);        /* one boolean: some record has state but no row */

/* One value: a fingerprint of what the rows hold in the columns of unique keys. */
void plan_keys_fingerprint(Buf *out, const Table *table);

#endif

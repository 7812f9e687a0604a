/* plan_load.h - the statements of a first load; each function appends one to `out`. */
#ifndef ARTSYNC_LOAD_PLAN_LOAD_H
#define ARTSYNC_LOAD_PLAN_LOAD_H

#include "artsync/plan.h"

void plan_load_rows(Buf *out, const Table *table, const bool *present); /* COPY of id, present columns, metadata */
void plan_load_state(Buf *out, const Table *table);                     /* binary COPY of the state */
void plan_load_analyze(Buf *out, const Table *table);

#endif

/* plan_compare.h - the statement of a comparison that depends on the mapping. */
#ifndef ARTSYNC_COMPARE_PLAN_COMPARE_H
#define ARTSYNC_COMPARE_PLAN_COMPARE_H

#include "artsync/plan.h"

void plan_active_rows(Buf *out, const Table *table); /* id and name of every active row, by id */

#endif

/* plan_made.h - the statement that reads back what was written. */
#ifndef ARTSYNC_STAGE_PLAN_MADE_H
#define ARTSYNC_STAGE_PLAN_MADE_H

#include "artsync/base.h"

/* The first staged rows of seq $1 to $2 that hold something else than was staged, at least one and about $3 bytes: seq,
 * op, layout, cols, changes, then per mapped column the staged value and the row's. */
void plan_made(Buf *out, const Table *table);
enum { MADE_SEQ, MADE_OP, MADE_LAYOUT, MADE_COLS, MADE_CHANGES, MADE_COLUMNS };

#endif

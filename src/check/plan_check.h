/* plan_check.h - statements around a check's query; each function appends one to `out`. */
#ifndef ARTSYNC_PLAN_CHECK_H
#define ARTSYNC_PLAN_CHECK_H

#include "artsync/mem.h"

/* How many violations there are, beside each of the first `most`. */
void plan_violations(Buf *out, const char *query, int most);
void plan_explain(Buf *out, const char *query);

#endif

/* internal.h - between the files of src/stage. */
#ifndef ARTSYNC_STAGE_INTERNAL_H
#define ARTSYNC_STAGE_INTERNAL_H

#include "artsync/plan.h"
#include "artsync/stage.h"

enum { MAX_REFUSALS = 1000 /* of the database per table, found by bisection */ };

/* Staged records that cannot be written (late_rejects.c). */
void late_rejects_add(LateRejects *rejects, int64_t seq, Reject reject); /* copies column, value and reason */
void late_rejects_clear(LateRejects *rejects);

/* They are not live any more; the first reason of each counts. */
bool stage_reject_late(Stage *stage, LateRejects *rejects, Err *err);
/* The same without a reject: what was staged is not a record of the source. */
bool stage_withdraw(Stage *stage, LateRejects *rejects, Err *err);

/* The staging table, made for `table`; and one row of it as COPY text (plan_stage.c). */
void plan_stage(Buf *out, const Table *table);
void stage_row_text(Buf *out, const Stage *stage, const StagingRow *row);

/* What the statements are built from. */
Plan stage_plan(const Stage *stage);

/* Reject staged records that break a key or a check which artsync knows (rules.c). */
bool rules_enforce(Stage *stage, Err *err);

/* What triggers and rules of the database made of the rows that were written, from the record `first` on, into the
 * staged state and history (made.c). */
bool made_read_back(Stage *stage, int64_t first, Err *err);

/* Write the live records with this op and position first..last, `expected` of them, in one statement. A trigger that
 * discards some is an Err like that of a trigger which raises one. */
typedef bool ApplyRange(Stage *stage, char op, int64_t first, int64_t last, int64_t expected, Err *err);

/* Which records does the database refuse? Tries those with one of `operations`, in this order, by `apply`. *applied:
 * the rest is written and every constraint holds; else nothing is written. With `defer` the keys that the rules checked
 * are not looked at while halving. */
bool bisect_refusals(Stage *stage, ApplyRange *apply, const char *operations, bool defer, LateRejects *found,
                     bool *applied, Err *err);

#endif

/* plan_reports.h - the statements of reports that depend on the mapping; each function appends one to `out`. */
#ifndef ARTSYNC_CLI_PLAN_REPORTS_H
#define ARTSYNC_CLI_PLAN_REPORTS_H

#include "artsync/pg.h"

/* Id and name of rows. $1: their ids (text[]). */
void plan_row_names(Buf *out, const Table *table);

/* One table's changes, oldest first. $1: the sync_logs id, or with `by_record` the record id; $2 base, $3 table, $4 how
 * many (NULL: all). */
void plan_report_changes(Buf *out, const Table *table, bool by_record);
void plan_record_exists(Buf *out, const Table *table); /* one boolean: as a row or in the state. $1: record id */

/* One row a table, in the order of the base: name, rows, active. */
void plan_row_counts(Buf *out, const Base *base);
void plan_all_rows(Buf *out, const Base *base); /* one number: the rows of all tables */

#endif

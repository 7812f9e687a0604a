/* changes.h - the records that a run keeps for its report (spool.h): which cells they have. */
#ifndef ARTSYNC_CHANGES_H
#define ARTSYNC_CHANGES_H

#include "artsync/mem.h"

/* What columns changed is one cell, itself cells: name, from, to, name, from, to ... */
enum { REJECT_TABLE, REJECT_FILE, REJECT_RECORD, REJECT_LINE, REJECT_ID, REJECT_COLUMN, REJECT_VALUE, REJECT_CODE,
       REJECT_REASON, REJECT_CELLS };
enum { CONFLICT_CELL_TABLE, CONFLICT_CELL_ID, CONFLICT_CELL_COLUMN, CONFLICT_CELL_EXPORT, CONFLICT_CELL_DATABASE,
       CONFLICT_CELL_RESOLUTION, CONFLICT_CELLS };
enum { UNFOUND_TABLE, UNFOUND_ID, UNFOUND_CELLS };
enum { CHANGE_TABLE, CHANGE_ID, CHANGE_ACTION, CHANGE_COLUMNS, CHANGE_CELLS };
enum { DETAIL_TABLE, DETAIL_ID, DETAIL_ACTION, DETAIL_COLUMNS, DETAIL_REASON, DETAIL_CELLS };

/* Add what artsync.changes keeps about a record's columns, {"name":["from","to"]}, to `out` as cells: name, from, to
 * ... NULL adds none. Returns the number of columns. */
int changed_columns(const char *pairs, Buf *out);

#endif

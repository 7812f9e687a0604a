/* plan_undo.h - the statements of a rollback that depend on the mapping; each function appends one to `out`. */
#ifndef ARTSYNC_UNDO_PLAN_UNDO_H
#define ARTSYNC_UNDO_PLAN_UNDO_H

#include "artsync/plan.h"

/* A page of a sync's changes beside today's rows and state. $1: log id, $2: the last change id of the page before, $3:
 * the last one of the sync, $4: rows, $5: bytes. */
void plan_undo_rows(Buf *out, const Table *table);
enum { UNDO_CHANGE, UNDO_ID, UNDO_ACTION, UNDO_JSON, UNDO_AT, UNDO_UPDATED_AT, UNDO_SYNCED_AT, UNDO_VERSION,
       UNDO_BEFORE_DEACTIVATED, UNDO_AFTER_DEACTIVATED, UNDO_LAYOUT, UNDO_BEFORE, UNDO_AFTER, UNDO_ROW, UNDO_ACTIVE,
       UNDO_NOW_UPDATED_AT, UNDO_NOW_VERSION, UNDO_STATE, UNDO_NOW_LAYOUT, UNDO_NOW_COLS, UNDO_NOW_DEACTIVATED,
       UNDO_SINCE, UNDO_COLUMNS };

/* A page of the rows that a sync created: id, untouched?, the tables that refer to it. $1: log id, $2: last id, $3:
 * rows. */
void plan_created(Buf *out, const Table *table);
/* Lock them, so that no row begins to refer to one meanwhile. $1: log id. */
void plan_lock_created(Buf *out, const Table *table);
/* Write rows out as changes before they are deleted. $1: ids, $2: the rollback's log id, $3: the sync's. */
void plan_note_deleted(Buf *out, const Table *table);
void plan_delete(Buf *out, const Table *table, const char *ids); /* for pg_write; ids: a text[] literal */
/* Forget the state that a sync was the first to write, of rows it took over or that are gone. $1: log id. */
void plan_forget(Buf *out, const Table *table);

#endif

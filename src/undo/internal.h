/* internal.h - between the files of src/undo. */
#ifndef ARTSYNC_UNDO_INTERNAL_H
#define ARTSYNC_UNDO_INTERNAL_H

#include <cjson/cJSON.h>

#include "artsync/rollback.h"
#include "artsync/stage.h"
#include "artsync/state.h"
#include "plan_undo.h"

/* One table's part of the sync that is undone. */
typedef struct Undo {
    Stage stage;
    Layouts layouts;
    RollbackResult *result;
    int64_t of_log; /* the sync's sync_logs row of this table */
    int64_t reversed, deleted, kept;
    Arena scratch;  /* one row */
} Undo;

/* Delete the rows that it created, unless they were changed or refers to them (delete_created.c). */
bool delete_created_rows(Undo *undo, Err *err);
/* Put back what it changed, unless it was changed since (undo.c). */
bool undo_changes(Undo *undo, Err *err);
/* One line of the report; takes over `columns` (NULL: none) (detail.c). */
bool undo_detail(Undo *undo, const char *id, const char *action, const Buf *columns, const char *reason, Err *err);

#endif

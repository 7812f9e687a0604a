/* detail.c - the lines of a rollback's report. */
#include "artsync/cells.h"
#include "artsync/changes.h"
#include "internal.h"

bool undo_detail(Undo *undo, const char *id, const char *action, const Buf *columns, const char *reason, Err *err)
{
    Buf line = {0};
    const char *cells[DETAIL_CELLS] = {undo->stage.table->name, id, action, columns ? buf_view(columns).p : "", reason};
    for (int i = 0; i < DETAIL_CELLS; i++)
        cells_add(&line, cells[i]);
    bool ok = spool_add(undo->result->details, line.data, err);
    buf_free(&line);
    return ok;
}

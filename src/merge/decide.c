#include "decide.h"

static Verdict conflict_verdict(OnConflict on_conflict)
{
    switch (on_conflict) {
    case CONFLICT_DATABASE:
        return VERDICT_CONFLICT_KEEP;
    case CONFLICT_REJECT:
        return VERDICT_CONFLICT_REJECT;
    default:
        return VERDICT_CONFLICT_WRITE;
    }
}

/* The export's value is another than at the last sync, and the row holds something else. */
static Verdict decide_moved(SyncMode mode, OnConflict on_conflict, Facts f)
{
    if (!f.row_moved)
        return VERDICT_WRITE;
    if (mode != SYNC_INCREMENTAL)
        return VERDICT_OVERWRITE;
    return f.export_moved ? conflict_verdict(on_conflict) : VERDICT_KEEP;
}

/* Attachments: their URLs are new in every export, so only a change of the file names counts. */
static Verdict decide_attachments(SyncMode mode, OnConflict on_conflict, Facts f)
{
    if (!f.known)
        return f.row_null ? VERDICT_WRITE : VERDICT_SAME;
    return f.reading_moved ? decide_moved(mode, on_conflict, f) : VERDICT_SAME;
}

Verdict decide(SyncMode mode, OnConflict on_conflict, Facts f)
{
    if (!f.present || f.equal)
        return VERDICT_SAME;
    if (f.attachments)
        return decide_attachments(mode, on_conflict, f);
    if (!f.known) { /* an older tool loaded the row, or the column was mapped later */
        if (f.row_null)
            return VERDICT_WRITE;
        return mode == SYNC_INCREMENTAL ? conflict_verdict(on_conflict) : VERDICT_OVERWRITE;
    }
    if (!f.reading_moved && !f.row_moved) /* what the database made of the same value */
        return VERDICT_SAME;
    return decide_moved(mode, on_conflict, f);
}

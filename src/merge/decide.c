#include "decide.h"

/* Attachments: their URLs are new in every export, so only a change of the file names counts. */
static Verdict decide_attachments(Facts f)
{
    if (f.equal)
        return VERDICT_SAME;
    if (!f.known)
        return f.row_null ? VERDICT_WRITE : VERDICT_SAME;
    return f.export_moved ? VERDICT_WRITE : VERDICT_SAME;
}

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

Verdict decide(SyncMode mode, OnConflict on_conflict, Facts f)
{
    if (!f.present)
        return VERDICT_SAME;
    if (f.attachments)
        return decide_attachments(f);
    if (f.equal)
        return VERDICT_SAME;

    if (mode != SYNC_INCREMENTAL) {
        bool edited = f.known ? f.row_moved : !f.row_null;
        return edited ? VERDICT_OVERWRITE : VERDICT_WRITE;
    }
    if (!f.known) /* an older tool loaded the row, or the column was mapped later */
        return f.row_null ? VERDICT_WRITE : conflict_verdict(on_conflict);
    if (!f.export_moved)
        return VERDICT_KEEP;
    return f.row_moved ? conflict_verdict(on_conflict) : VERDICT_WRITE;
}

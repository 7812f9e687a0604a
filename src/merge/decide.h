/* decide.h - the decision of a sync, one column at a time: a pure function, tested as a truth table.
 *
 * Three things meet: what the export says now, what is known of the last sync (the state, kept as hashes) and what the
 * row holds. Modes and --on-conflict are parameters, so incremental, merge and full are one engine: docs/REFERENCE.md,
 * Modes.
 */
#ifndef ARTSYNC_MERGE_DECIDE_H
#define ARTSYNC_MERGE_DECIDE_H

#include "artsync/choices.h"
#include "artsync/facts.h"

typedef enum Verdict {
    VERDICT_SAME,            /* nothing to write, nothing lost */
    VERDICT_WRITE,           /* the export's value is written */
    VERDICT_OVERWRITE,       /* ... over an edit made in the database (merge, full) */
    VERDICT_KEEP,            /* the database's edit is kept; the export did not change */
    VERDICT_CONFLICT_WRITE,  /* both changed, the export's value is written */
    VERDICT_CONFLICT_KEEP,   /* both changed, the database's value is kept */
    VERDICT_CONFLICT_REJECT  /* both changed, the record is refused */
} Verdict;

/* `on_conflict` is decided (not CONFLICT_BY_PHASE). */
Verdict decide(SyncMode mode, OnConflict on_conflict, Facts facts);

static inline bool verdict_writes(Verdict v)
{
    return v == VERDICT_WRITE || v == VERDICT_OVERWRITE || v == VERDICT_CONFLICT_WRITE;
}
static inline bool verdict_conflicts(Verdict v) { return v >= VERDICT_CONFLICT_WRITE; }

#endif

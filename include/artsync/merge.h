/* merge.h - the writer of a sync: export x last-synced state x row, decided column by column (decide.h), then
 * staged. */
#ifndef ARTSYNC_MERGE_H
#define ARTSYNC_MERGE_H

#include "artsync/choices.h"
#include "artsync/spool.h"
#include "artsync/stage.h"
#include "artsync/writer.h"

typedef struct MergeOptions {
    Stage *stage;            /* ready, nothing in it; what was rejected is found in it afterwards */
    SyncMode mode;
    OnConflict on_conflict;  /* decided (not CONFLICT_BY_PHASE) */
    bool deactivates;        /* rows whose records are absent become inactive, up to ... */
    Limit max_deactivate;
    bool force;              /* ... or however many; then *forced is set */
    bool *forced;
    CleaningReport *cleaning; /* for the table as a whole */
    Spool *conflicts;
    Spool *not_found;        /* records without a row, of a table that is only updated: of UNFOUND_CELLS */
    Spool *changes;          /* every change, field by field; NULL: not wanted */
} MergeOptions;

extern const RecordWriter merge_writer; /* options: MergeOptions */

#endif

/* rollback.h - undo one sync: rows that it created are deleted, what it changed goes back, what changed since
 * is kept. */
#ifndef ARTSYNC_ROLLBACK_H
#define ARTSYNC_ROLLBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/session.h"
#include "artsync/spool.h"

typedef struct RollbackOptions {
    bool dry_run;
    bool strict; /* refuse if anything would be kept */
    int wait_seconds;
} RollbackOptions;

typedef struct RollbackResult {
    char sync_id[51];      /* the sync that was undone */
    char rollback_id[37];  /* the rollback's own sync id */
    bool dry_run;
    int64_t reversed;      /* rows put back (in part or whole) */
    int64_t kept;          /* columns that changed since and were left; a created row that is kept counts 1 */
    int64_t deleted;       /* created rows removed */
    Spool *details;        /* records of DETAIL_CELLS (changes.h): reversed, kept or deleted */
    Arena arena;
} RollbackResult;

/* Undo the sync that `which` names (sync_find), in one transaction. Free the result either way. */
bool rollback_run(const Session *session, const char *which, const RollbackOptions *options, RollbackResult *result,
                  Err *err);
void rollback_result_free(RollbackResult *result);

#endif

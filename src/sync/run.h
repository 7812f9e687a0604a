/* run.h - one sync: what its files share. */
#ifndef ARTSYNC_SYNC_RUN_H
#define ARTSYNC_SYNC_RUN_H

#include "artsync/sync.h"
#include "artsync/writer.h"

typedef struct Run {
    const Session *session;
    const SyncOptions *options;
    SyncResult *result;
    OnConflict on_conflict; /* decided */
    bool *fresh;            /* per base table: this run loads it from empty */
    int64_t *log_ids;       /* one per result table; 0 in a dry run */
    LinkIndex **links;      /* one per base table, loaded when first needed */
    LinkExport *exports;    /* one per base table: whose names links use */
} Run;

/* One table: read unless nothing changed, by the writer that fits (table_run.c). */
bool table_run_execute(Run *run, int result_index, Err *err);

/* The bytes of a rejected record as they may be kept: where the table has masked columns, with the masked cells, and
 * nothing of a record with too many or too few cells. And those of its header to match. Others stay as they are. */
bool masked_record(const Table *table, Str header, Buf *record, Err *err);
bool masked_header(const Table *table, Buf *header);

/* The records that were rejected, kept with their original bytes, and those closed that are not rejected any more; from
 * the staging table, and from the source once more (rejects.c). */
bool rejects_write(Run *run, int result_index, TableRun *table, Err *err);

/* The rows of this sync in sync_logs (run_log.c). */
bool run_log_start(Run *run, Err *err);
bool run_log_complete(Run *run, Err *err);

/* What a sync does with conflicts in a phase. */
OnConflict conflict_choice(const SyncOptions *options, Phase phase);

/* Does the sync skip the table's source? The one answer, for sync and status. *fingerprint is that of the rows,
 * malloc'ed, if they had to be looked at (skip.c). *open_rejects is set if it is skipped. */
typedef struct SkipCase {
    const Table *table;
    const char *fingerprint; /* of the source's content */
    const LinkExport *exports; /* one per base table */
    bool replay;             /* the file was named with --file */
    SyncMode mode;
    OnConflict on_conflict;  /* decided */
} SkipCase;
bool skip_allowed(Pg *pg, const SkipCase *source, bool *skip, char **fingerprint, int64_t *open_rejects, Err *err);
bool ids_fingerprint(Pg *pg, const Table *table, char **hash, Err *err); /* of the ids of all rows; malloc'ed */
/* The mapping and the rules that the table itself has: keys, checks, NOT NULL, labels. A rule that is gone lets records
 * in. */
char *mapping_hash(const Table *table, Arena *arena);

/* What the rows hold in the columns of unique keys, appended to `out`: what records that were rejected for one
 * depend on. */
bool keys_fingerprint(Pg *pg, const Table *table, Buf *out, Err *err);
/* The exports that links of `table` use: which contents they have, as sync_logs keeps it. `by_name`: per column. */
bool exports_fingerprint(const Table *table, const bool *by_name, const LinkExport *exports, Buf *out, Err *err);

#endif

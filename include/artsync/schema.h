/* schema.h - the database's schema by versioned SQL files: apply, report, verify.
 *
 * Sources, in order: sql/artsync/NNNN_*.sql (bookkeeping), sql/<base>/NNNN_*.sql (the base's tables), and after them
 * the sync metadata that every mapped table gets (is_active ... updated_at, its trigger, its state table). Each file's
 * SHA-256 is stored when it is applied; an edited or missing applied file is an error.
 */
#ifndef ARTSYNC_SCHEMA_H
#define ARTSYNC_SCHEMA_H

#include "artsync/base.h"
#include "artsync/pg.h"

typedef enum MigrationState { MIGRATION_APPLIED, MIGRATION_PENDING, MIGRATION_EDITED, MIGRATION_GONE } MigrationState;

typedef struct Migration {
    const char *source;     /* "artsync" or the base's name */
    const char *file;       /* "0001_bookkeeping.sql" */
    const char *sha256;     /* of the file; of the applied one where the file is gone */
    const char *applied_at; /* NULL: pending */
    MigrationState state;
} Migration;

typedef struct Migrations {
    Migration *items;
    int n;
    Arena arena;
} Migrations;

/* What is applied and what is pending. Works on a database without any of it. */
bool schema_status(Pg *pg, const Base *base, const char *base_name, Migrations *out, Err *err);

/* Apply all that is pending, and the metadata of every mapped table, in one transaction under a lock. *applied is how
 * many files were new. ERR_SCHEMA for an edited or missing applied file. Changes nothing where nothing is pending. */
bool schema_migrate(Pg *pg, const Base *base, const char *base_name, int *applied, Err *err);

/* The same in the transaction that is open, for a run that may undo it. */
bool schema_migrate_here(Pg *pg, const Base *base, const char *base_name, Err *err);

/* As schema_migrate, but a file of the base whose tables exist already (made by an older tool, say) is recorded without
 * being run: its tables are taken over as they are, with their rows, and get the metadata they lack. */
bool schema_adopt(Pg *pg, const Base *base, const char *base_name, int *applied, Err *err);

/* What to run for the default base and for one that the database holds: words that follow `artsync --base NAME`. */
typedef struct BaseCommands {
    const char *here, *others;
} BaseCommands;

/* For the default base, when it was not named: ERR_USAGE if the database holds other bases and not this one. The hint
 * has the command for each. */
bool schema_default_base(Pg *pg, const Base *base, const BaseCommands *commands, Err *err);

/* ERR_SCHEMA with the hint "run artsync db migrate" unless all is applied and unedited. Cheap: one statement. */
bool schema_require(Pg *pg, const Base *base, const char *base_name, Err *err);

/* ERR_SCHEMA unless every mapped table is there and is a table. For use where nothing is pending any more. */
bool schema_tables_require(Pg *pg, const Base *base, Err *err);

/* ---- what the migrations make against what is there ---- */

typedef enum DifferenceKind {
    DIFFERENCE_MISSING,
    DIFFERENCE_CHANGED,
    DIFFERENCE_ADDITION /* made by others, by the business's application for example: no error */
} DifferenceKind;

typedef struct Difference {
    DifferenceKind kind;
    const char *type;     /* "table", "column", "constraint", "index", "trigger", "view", "function", "migration" ... */
    const char *object;   /* "public.prints.name" */
    const char *expected; /* its definition by the migrations; NULL: an addition */
    const char *found;    /* in the database; NULL: missing */
} Difference;

/* Gets one difference after the other; strings die when it returns. Returning false stops. */
typedef bool DifferenceFn(void *ctx, const Difference *difference, Err *err);

/* Make what the migrations make in empty schemas of the same names, in a transaction that is always rolled back, and
 * compare: tables, columns with types and defaults, constraints, indexes, triggers, views, functions, types, and
 * migrations that are not applied as they are. *wrong counts what is missing or changed. Needs a role that owns the
 * schemas (it renames them inside that transaction; no other session sees it), else ERR_PRIVILEGE. */
bool schema_verify(Pg *pg, const Base *base, const char *base_name, DifferenceFn *each, void *ctx, int *wrong,
                   Err *err);

/* Drop what the migrations make, in one transaction, and nothing else: where something foreign depends on it (a view, a
 * foreign key of another table), ERR_REFUSED names it. What other bases need of artsync's bookkeeping stays. ERR_BUSY
 * during a sync. *dropped counts tables, views, functions and types. */
bool schema_drop(Pg *pg, const Base *base, const char *base_name, int *dropped, Err *err);

/* schema_drop and schema_migrate in one transaction. */
bool schema_reset(Pg *pg, const Base *base, const char *base_name, int *applied, Err *err);

typedef struct DetachedFile {
    const char *table, *path;
    int64_t rows;
} DetachedFile;

typedef struct Detached {
    DetachedFile *files;
    int n_files;
    int triggers; /* replaced by ones of the tables' own */
    bool shared;  /* other bases need schema artsync: it stays, without what it knew of this one */
    Arena arena;
} Detached;

/* Write the bookkeeping to new files below `dir`, then drop it and give the tables triggers of their own, in one
 * transaction. sync_logs stays. ERR_REFUSED: the base is not in phase archive, a file exists already, or something else
 * needs what would be dropped. On a failure but ERR_UNKNOWN database and folder are as before. */
bool schema_detach(Pg *pg, const Base *base, const char *dir, Detached *out, Err *err);
void detached_free(Detached *detached);

void migrations_free(Migrations *migrations);

#endif

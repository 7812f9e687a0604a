/* schema.h - the database's schema by versioned SQL files: apply, report, verify (SPEC section 5).
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
    const char *source;  /* "artsync" or the base's name */
    const char *file;    /* "0001_bookkeeping.sql" */
    const char *sha256;  /* of the file; of the applied one where the file is gone */
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

/* As schema_migrate, but a file of the base whose tables exist already (made by an older tool, say) is recorded without
 * being run: its tables are taken over as they are, with their rows, and get the metadata they lack. */
bool schema_adopt(Pg *pg, const Base *base, const char *base_name, int *applied, Err *err);

/* ERR_SCHEMA with the hint "run artsync db migrate" unless all is applied and unedited. Cheap: one statement. */
bool schema_require(Pg *pg, const Base *base, const char *base_name, Err *err);

void migrations_free(Migrations *migrations);

#endif

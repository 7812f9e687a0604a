/* private.h - what the files of schema/ share: the SQL files there are, set against those that were applied. */
#ifndef ARTSYNC_SCHEMA_PRIVATE_H
#define ARTSYNC_SCHEMA_PRIVATE_H

#include "artsync/hash.h"
#include "artsync/schema.h"

/* A Migration and, unless it is gone, its text. */
typedef struct Step {
    Migration migration;
    const char *path; /* for messages: "art/0001_tables.sql" */
    const char *text;
    bool own; /* artsync's, not the base's */
} Step;

typedef struct Steps {
    Step *items;
    int n, cap;
    Arena arena;
} Steps;

void steps_free(Steps *steps);

/* Every file below sql/artsync and of the base, in order, as if nothing were applied. */
bool steps_files(Steps *steps, const Base *base, const char *base_name, Err *err);

/* Mark what the list of migrations knows; a file that is gone becomes a step of its own. `rows` holds source, file,
 * sha256 and (where there is a fourth column) applied_at. */
void steps_compare(Steps *steps, const PgRows *rows);

/* ERR_SCHEMA for an edited or missing applied file, or a new one that sorts before an applied one. */
bool steps_check(const Steps *steps, Err *err);

/* Files and list together, read in the current transaction if there is one. */
bool steps_read(Steps *steps, Pg *pg, const Base *base, const char *base_name, Err *err);

/* Keep in the database where the base's files are; nothing for a built-in base. */
bool bases_note_folder(Pg *pg, const Base *base, Err *err);

/* Apply all that is pending in the current transaction, lock included. `fallback` (may be NULL) is one more schema in
 * which the base's files find types and functions. */
typedef struct Applying {
    bool adopt;
    bool say; /* tell which columns are taken over */
    const char *fallback;
    int applied; /* files */
    int changes; /* statements of metadata */
} Applying;

/* Give every mapped table that exists its metadata; how->changes counts statements. */
bool metadata_apply(Pg *pg, const Base *base, Applying *how, Err *err);

bool migrate_apply(Pg *pg, const Base *base, const char *base_name, Applying *how, Err *err);

/* What the migrations make, as rows of sql/queries/schema_objects.sql: made in empty schemas of the same names and
 * rolled back again. */
typedef struct Shadow {
    PgRows *rows;
    StringList schemas; /* those that the rows are of */
    StringList made;    /* of these, those that the base's files create themselves */
    Arena arena;
} Shadow;

/* Needs an open transaction. */
bool shadow_make(Pg *pg, const Base *base, const char *base_name, Shadow *out, Err *err);
void shadow_free(Shadow *shadow);

/* What is there: all objects of those schemas, and the parts of the tables among `expected`. */
bool live_objects(Pg *pg, const Shadow *expected, PgRows **rows, Err *err);

/* No sync of this base and no migration runs until the transaction ends; ERR_BUSY. */
bool schema_lock(Pg *pg, const Base *base, Err *err);
/* Do other bases need the bookkeeping? */
bool schema_is_shared(Pg *pg, const Base *base, bool *used_by_other_bases, Err *err);

/* Columns of those rows. */
enum { OBJECT_KIND, OBJECT_SCHEMA, OBJECT_NAME, OBJECT_PARENT, OBJECT_DEFINITION };

#endif

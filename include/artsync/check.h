/* check.h - questions about the data that a shop owner would ask, one SQL file each.
 *
 * sql/<base>/checks/NAME.sql is one query; each row it returns is a violation. It begins with a comment:
 *
 *     -- summary: Editions that are sold but have no date of sale
 *     -- severity: error                      (or: warning)
 *     -- advice: Enter Date Sold in Airtable, then sync.
 *
 * A head's text may go on in further lines that begin with two blanks or more. All names in the query are qualified.
 * Checks run in one read-only transaction, each under a savepoint: one that cannot run is reported, and the others run.
 */
#ifndef ARTSYNC_CHECK_H
#define ARTSYNC_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/pg.h"

enum { CHECK_SAMPLE = 5 };

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

const char *severity_name(Severity severity);

typedef struct Check {
    const char *name;     /* of the file, without .sql */
    const char *file;     /* checks/NAME.sql */
    const char *summary, *advice; /* advice may be "" */
    Severity severity;
    const char *sql;
    const char *broken;   /* why it could not be read or run; NULL: it could */
    /* after checks_run */
    int64_t violations;
    bool ran;
    Buf sample;           /* the first rows: a cell each (cells.h), itself cells: name, value, name, value ... */
} Check;

typedef struct Checks {
    Check *items;
    int n, cap;
    Arena arena;
} Checks;

/* Read the base's checks, in the order of their names. A file with a bad head is there, as broken. */
bool checks_load(const char *base_name, Checks *out, Err *err);

/* Keep only the check called `name`; false if there is none. */
bool checks_only(Checks *checks, const char *name);

/* Run them all in the read-only transaction that is open. */
bool checks_run(Pg *pg, Checks *checks, Err *err);

/* Mark as broken those that PostgreSQL refuses, without running any, in the read-only transaction that is open. */
bool checks_try(Pg *pg, Checks *checks, Err *err);

/* Does any error have violations? */
bool checks_failed(const Checks *checks);
/* ERR_CONFIG naming the broken ones; true if there are none. */
bool checks_runnable(const Checks *checks, Err *err);

void checks_free(Checks *checks);

#endif

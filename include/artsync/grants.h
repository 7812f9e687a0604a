/* grants.h - what a role has to be allowed to do, as SQL that can be pasted, and what of it is missing.
 *
 * The privileges are rows of sql/queries/grants.sql. Only the system catalogs are read: it works for a role that may do
 * nothing else. Ownership: a Grants owns its strings until grants_free.
 */
#ifndef ARTSYNC_GRANTS_H
#define ARTSYNC_GRANTS_H

#include "artsync/pg.h"

typedef struct Grant {
    const char *statement; /* all that is needed for one object: "GRANT SELECT ON TABLE public.prints TO nightly;" */
    const char *missing;   /* the part of it that the role lacks, as a statement; NULL: nothing */
} Grant;

typedef struct Grants {
    const char *role; /* quoted as an identifier; NULL: there is no such role */
    Grant *items;
    int n, n_missing;
    Arena arena;
} Grants;

/* What the role (NULL: the one that is connected) needs in this database for a purpose: "sync", "rollback", "phase",
 * "read" or "own". */
bool grants_read(Pg *pg, const Base *base, const char *role, const char *purpose, Grants *out, Err *err);

/* ERR_PRIVILEGE with every missing grant in the hint, unless the connected role has all of them. `only`: the tables
 * that the run is for; those that they link to are read. Empty: all. */
bool grants_require(Pg *pg, const Base *base, const char *purpose, StringList only, Err *err);

void grants_free(Grants *grants);

#endif

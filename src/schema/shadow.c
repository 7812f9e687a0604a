/* What the migrations make, by making it: inside a transaction the schemas are renamed, the migrations
 * run into empty ones, the catalog is read, and everything is rolled back. No other session ever sees it, no lock on a
 * table is taken, and a crash leaves nothing behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "private.h"

/* The schemas that migrations put things into, each once. */
typedef struct Schemas {
    const char *names[3];
    int n;
} Schemas;

static Schemas schemas_of(const Base *base)
{
    Schemas all = {.names = {"artsync", "public"}, .n = 2};
    if (strcmp(base->schema, "public") != 0 && strcmp(base->schema, "artsync") != 0)
        all.names[all.n++] = base->schema;
    return all;
}

static bool run_ddl(Pg *pg, const char *before, const char *name, const char *after, Err *err)
{
    Buf sql = {0};
    buf_str(&sql, before);
    sql_ident(&sql, name);
    buf_str(&sql, after);
    bool ok = pg_script(pg, sql.data, err);
    buf_free(&sql);
    return ok;
}

static bool step_aside(Pg *pg, const Schemas *all, Err *err)
{
    for (int i = 0; i < all->n; i++) {
        char *exists, after[64];
        if (!pg_value(pg, sql_query("schema_exists"), 1, &all->names[i], &exists, err))
            return false;
        bool there = exists && exists[0] == 't';
        free(exists);
        snprintf(after, sizeof after, " RENAME TO artsync_aside_%d", i);
        if (there && !run_ddl(pg, "ALTER SCHEMA ", all->names[i], after, err))
            return err_context(err, "renaming the schemas for the comparison (the role has to own the schemas)");
    }
    return run_ddl(pg, "CREATE SCHEMA ", "public", "", err);
}

static bool read_objects(Pg *pg, const Schemas *all, const char *tables, const char *from, const char *to,
                         PgRows **rows, Err *err)
{
    Buf schemas = {0};
    sql_array(&schemas, all->names, all->n);
    bool ok = pg_query(pg, sql_query("schema_objects"), 4, (const char *[]){schemas.data, tables, from, to}, rows, err);
    buf_free(&schemas);
    return ok || err_context(err, "reading the catalog");
}

/* What a first attempt may lack; only its failure shows that. */
typedef struct Attempt {
    bool create_schema; /* the base's files expect their schema to be there */
    bool fall_back;     /* they use types or functions that live in it, of an extension for example */
} Attempt;

static bool attempt(Pg *pg, const Base *base, const char *base_name, const Attempt *with, PgRows **rows, Err *err)
{
    Schemas all = schemas_of(base);
    int own = all.n == 3 ? 2 : 1; /* the base's among them */
    char aside[32];
    snprintf(aside, sizeof aside, "artsync_aside_%d", own);
    Applying how = {.fallback = with->fall_back ? aside : NULL};
    bool ok =
        step_aside(pg, &all, err) && (!with->create_schema || run_ddl(pg, "CREATE SCHEMA ", base->schema, "", err)) &&
        migrate_apply(pg, base, base_name, &how, err) && read_objects(pg, &all, NULL, aside, base->schema, rows, err);
    return ok;
}

/* Change the attempt to one that avoids this error; false if there is none. */
static bool learn(Attempt *with, const Base *base, const Err *why)
{
    bool no_schema = strcmp(why->sqlstate, "3F000") == 0 && strcmp(base->schema, "public") != 0;
    bool no_type = strcmp(why->sqlstate, "42704") == 0 || strcmp(why->sqlstate, "42883") == 0;
    if (no_schema && !with->create_schema)
        return with->create_schema = true;
    if (no_type && !with->fall_back)
        return with->fall_back = true;
    return false;
}

bool shadow_objects(Pg *pg, const Base *base, const char *base_name, PgRows **rows, bool *makes_schema, Err *err)
{
    Attempt with = {0};
    for (;;) {
        Err why = {0};
        if (!pg_savepoint(pg, "artsync_shadow", err))
            return false;
        bool ok = attempt(pg, base, base_name, &with, rows, &why);
        if (ok || learn(&with, base, &why)) {
            err_clear(&why);
            if (!pg_rollback_to(pg, "artsync_shadow", err))
                return false;
            if (!ok)
                continue;
            *makes_schema = !with.create_schema && strcmp(base->schema, "public") != 0;
            return true;
        }
        *err = why;
        return false;
    }
}

bool live_objects(Pg *pg, const Base *base, const PgRows *expected, PgRows **rows, Err *err)
{
    Schemas all = schemas_of(base);
    const char **names = mem_alloc(((size_t)pg_count(expected) + 1) * sizeof *names);
    int n = 0;
    for (int row = 0; row < pg_count(expected); row++) {
        if (strcmp(pg_get(expected, row, OBJECT_KIND), "table") == 0)
            names[n++] = pg_get(expected, row, OBJECT_NAME);
    }
    Buf tables = {0};
    sql_array(&tables, names, n);
    free(names);
    bool ok = read_objects(pg, &all, tables.data, NULL, NULL, rows, err);
    buf_free(&tables);
    return ok;
}

/* Apply what is pending: one transaction, one lock, in order. */
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "artsync/log.h"
#include "artsync/shell.h"
#include "private.h"

enum { MIGRATE_WAIT = 30 }; /* seconds for another migration to end */

static bool own_path(Pg *pg, Err *err)
{
    char *path;
    bool ok = pg_value(pg, sql_query("own_search_path"), 0, NULL, &path, err);
    free(path);
    return ok;
}

/* The built-in base names every schema, as artsync's own files do. Files from disk may leave the base's schema out:
 * then nothing in it may be taken for one of PostgreSQL's own names. */
static bool set_path(Pg *pg, const Base *base, const Step *step, const Applying *how, Err *err)
{
    if (step->own || base->embedded)
        return own_path(pg, err);
    const char *const schemas[] = {base->schema, how->fallback};
    char *path = NULL;
    bool ok = pg_trust(pg, base, schemas, how->fallback ? 2 : 1, NULL, err) &&
              pg_value(pg, sql_query("base_search_path"), 2, schemas, &path, err);
    free(path);
    return ok;
}

static bool take_lock(Pg *pg, Err *err)
{
    return pg_lock_or_busy(pg, "migrate", MIGRATE_WAIT, "another migration is running",
                           "wait for it to end, then run it again", err);
}

/* What is trusted is looked at again once the schema is there: others may have made it in between. */
static bool bootstrap(Pg *pg, const Base *base, Err *err)
{
    char *exists;
    if (!pg_trust(pg, base, NULL, 0, NULL, err) ||
        !pg_value(pg, sql_query("migrations_exist"), 0, NULL, &exists, err))
        return false;
    bool made = exists && exists[0] == 't';
    free(exists);
    return made || ((pg_script(pg, sql_query("migrations_make"), err) || err_context(err, "making schema artsync")) &&
                    pg_trust(pg, base, NULL, 0, NULL, err));
}

static bool record(Pg *pg, const Step *step, bool adopted, Err *err)
{
    const Migration *m = &step->migration;
    return pg_run(pg, sql_query("migration_add"), 4,
                  (const char *[]){m->source, m->file, m->sha256, adopted ? "t" : "f"}, NULL, err);
}

static bool exists_already(const Err *err)
{
    return strcmp(err->sqlstate, "42P07") == 0 || strcmp(err->sqlstate, "42710") == 0;
}

/* What a file makes is there, made by something else. no tables are taken over by accident. */
static bool explain(Err *err, const Step *step, Err *why)
{
    if (exists_already(why)) {
        err_sqlstate(err, why->sqlstate);
        err_set(err, ERR_SCHEMA,
                step->own
                    ? "something else made it: rename it or drop it, then migrate again"
                    : command_hint("something else made it: rename it or drop it, then migrate again; or take it over "
                                   "as it is, rows and all: {}",
                                   "db migrate --adopt"),
                "%s: %s", step->path, why->message);
        err_clear(why);
        return false;
    }
    bool no_schema = strcmp(why->sqlstate, "3F000") == 0 && !why->hint;
    if (no_schema)
        why->hint = mem_dup("let the base's first file begin with CREATE SCHEMA");
    *err = *why;
    return err_context(err, "%s", step->path);
}

/* One file. With `adopt`, a file whose objects exist is recorded without being run. */
static bool apply(Pg *pg, const Base *base, const Step *step, const Applying *how, Err *err)
{
    Err why = {0};
    bool adopt = how->adopt && !step->own;
    if (!set_path(pg, base, step, how, err) ||
        (adopt && !pg_savepoint(pg, "artsync_adopt", err)))
        return false;
    bool adopted = false;
    if (!pg_script(pg, step->text, &why)) {
        if (!adopt || !exists_already(&why))
            return explain(err, step, &why);
        err_clear(&why);
        adopted = true;
    }
    if (adopt && !(adopted ? pg_rollback_to : pg_release)(pg, "artsync_adopt", err))
        return false;
    return own_path(pg, err) && record(pg, step, adopted, err);
}

/* Which tables, types and functions there are before the base's files are applied, and which its files have made. */
typedef struct MadeBefore {
    char *all, *made; /* text[] */
} MadeBefore;

static bool note_before(Pg *pg, const Base *base, MadeBefore *before, Err *err)
{
    PgRows *rows = NULL;
    bool ok = before->all || pg_row(pg, sql_query("made_before"), 1, &base->name, &rows, err);
    if (ok && rows) {
        before->all = mem_dup(pg_get(rows, 0, 0));
        before->made = pg_get(rows, 0, 1) ? mem_dup(pg_get(rows, 0, 1)) : NULL;
    }
    pg_rows_free(rows);
    return ok || err_context(err, "reading what there is");
}

static bool note_made(Pg *pg, const Base *base, bool ok, MadeBefore *before, Err *err)
{
    const char *params[] = {base->name, before->all, before->made, "db migrate"};
    ok = ok && (!before->all || pg_run(pg, sql_query("made_note"), 4, params, NULL, err) ||
                err_context(err, "keeping what the base's files made"));
    free(before->all);
    free(before->made);
    return ok;
}

bool migrate_apply(Pg *pg, const Base *base, const char *base_name, Applying *how, Err *err)
{
    Steps steps = {0};
    MadeBefore before = {0};
    bool ok = take_lock(pg, err) && bootstrap(pg, base, err) && steps_read(&steps, pg, base, base_name, err) &&
              steps_check(&steps, err);
    for (int i = 0; ok && i < steps.n; i++) {
        const Step *step = &steps.items[i];
        if (step->migration.state != MIGRATION_PENDING)
            continue;
        ok = (step->own || note_before(pg, base, &before, err)) && apply(pg, base, step, how, err);
        /* after each file: the next one may build on is_active, in a view for example */
        ok = ok && (step->own || metadata_apply(pg, base, how, err));
        how->applied++;
    }
    ok = note_made(pg, base, ok, &before, err);
    ok = ok && (how->applied == 0 || bases_note_folder(pg, base, err)) &&
         metadata_apply(pg, base, how, err); /* the mapping may name a table that an old file made */
    steps_free(&steps);
    return ok;
}

static bool migrate(Pg *pg, const Base *base, const char *base_name, bool adopt, int *applied, Err *err)
{
    Applying how = {.adopt = adopt, .say = true};
    bool ok = pg_begin(pg, PG_TX_WRITE, err) && migrate_apply(pg, base, base_name, &how, err);
    *applied = how.applied;
    if (!ok || how.applied + how.changes == 0) {
        pg_rollback(pg);
        return ok;
    }
    ok = pg_commit(pg, &(PgProof){.look = command_hint("once the database is back, see: {}", "db status")}, err);
    if (ok && how.applied == 0)
        log_note("added to the tables what they lacked for syncs: columns, triggers or state tables");
    return ok;
}

bool schema_migrate(Pg *pg, const Base *base, const char *base_name, int *applied, Err *err)
{
    return migrate(pg, base, base_name, false, applied, err);
}

bool schema_migrate_here(Pg *pg, const Base *base, const char *base_name, Err *err)
{
    Applying how = {0};
    return migrate_apply(pg, base, base_name, &how, err);
}

bool schema_adopt(Pg *pg, const Base *base, const char *base_name, int *applied, Err *err)
{
    return migrate(pg, base, base_name, true, applied, err);
}

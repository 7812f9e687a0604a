/* detach.c - artsync's bookkeeping goes, written out first; the business's tables keep working. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artsync/embed.h"
#include "artsync/file.h"
#include "artsync/interrupt.h"
#include "artsync/shell.h"
#include "private.h"

enum { T_NAME, T_COPY, T_GOES, T_DELETE }; /* columns of detach_tables.sql */

typedef struct Detaching {
    Pg *pg;
    const Base *base;
    const char *dir;
    Detached *out;
    PgRows *tables;
    AtomicFile **files; /* one a table */
    bool shared;        /* other bases need the bookkeeping */
    bool made_folder;
    int named; /* files that have their name */
} Detaching;

/* ---- what must hold ---- */

static bool check_phase(const Detaching *d, Err *err)
{
    PgRows *rows = NULL;
    if (!pg_query(d->pg, sql_query("phase"), 1, &d->base->name, &rows, err))
        return false;
    bool archive = pg_count(rows) == 1 && pg_get(rows, 0, 0) && strcmp(pg_get(rows, 0, 0), "archive") == 0;
    pg_rows_free(rows);
    return archive || err_set(err, ERR_REFUSED, command_hint("once nothing is synced any more: {}", "phase archive"),
                              "the base %s is not in phase archive", d->base->name);
}

/* ---- the files ---- */

static const char *path_of(const Detaching *d, int i)
{
    return arena_printf(&d->out->arena, "%s/%s.csv", d->dir, pg_get(d->tables, i, T_NAME));
}

static bool open_folder(Detaching *d, Err *err)
{
    struct stat info;
    d->made_folder = mkdir(d->dir, 0700) == 0;
    if (d->made_folder || (stat(d->dir, &info) == 0 && S_ISDIR(info.st_mode)))
        return true;
    return err_set(err, ERR_IO, "the folder above it must exist and be writable", "cannot make the folder %s: %s",
                   d->dir, strerror(errno));
}

typedef struct Copying {
    AtomicFile *file;
    int64_t lines;
} Copying;

static bool put_line(void *ctx, const char *bytes, size_t n, Err *err)
{
    Copying *copying = ctx;
    fwrite(bytes, 1, n, atomic_file_stream(copying->file)); /* what it could not take shows in atomic_file_ok */
    copying->lines++;
    return atomic_file_ok(copying->file, err);
}

static bool write_files(Detaching *d, Err *err)
{
    int n = pg_count(d->tables);
    d->files = arena_alloc(&d->out->arena, sizeof *d->files * (size_t)(n + 1));
    d->out->files = arena_alloc(&d->out->arena, sizeof *d->out->files * (size_t)(n + 1));
    for (int i = 0; i < n; i++) {
        const char *path = path_of(d, i);
        struct stat there;
        if (lstat(path, &there) == 0)
            return err_set(err, ERR_REFUSED, "give --dir a folder that is new or empty", "%s already exists", path);
        if (!atomic_file_begin(&d->files[i], path, 0600, false, err))
            return false;
        Copying copying = {.file = d->files[i]};
        if (!pg_copy_out(d->pg, pg_get(d->tables, i, T_COPY), put_line, &copying, err) ||
            !atomic_file_flush(d->files[i], err))
            return false;
        d->out->files[d->out->n_files++] =
            (DetachedFile){arena_str(&d->out->arena, pg_get(d->tables, i, T_NAME)), path, copying.lines - 1};
    }
    return true;
}

/* All are on the disk under their names before anything is dropped. */
static bool name_files(Detaching *d, Err *err)
{
    for (; d->named < pg_count(d->tables); d->named++) {
        AtomicFile *file = d->files[d->named];
        d->files[d->named] = NULL;
        if (!interrupt_check(err) || !atomic_file_commit(file, err))
            return false;
    }
    return true;
}

/* The database is as it was: so is the folder. */
static void take_files_back(Detaching *d)
{
    for (int i = 0; d->files && i < pg_count(d->tables); i++)
        atomic_file_abort(d->files[i]);
    for (int i = 0; i < d->named; i++)
        unlink(d->out->files[i].path);
    if (d->made_folder)
        rmdir(d->dir);
}

/* ---- the database ---- */

static bool run_each(Pg *pg, PgRows *statements, int column, int *n, Err *err)
{
    for (int i = 0; i < pg_count(statements); i++, ++*n)
        if (!pg_script(pg, pg_get(statements, i, column), err))
            return false;
    return true;
}

static bool replace_triggers(Detaching *d, Err *err)
{
    const Base *base = d->base;
    const char **items = arena_alloc(&d->out->arena, sizeof *items * 3 * (size_t)(base->n_tables + 1));
    Buf arrays[3] = {{0}};
    const char *params[3];
    for (int i = 0; i < base->n_tables; i++) {
        items[i] = base->tables[i].schema;
        items[base->n_tables + i] = base->tables[i].name;
        items[2 * base->n_tables + i] = base->tables[i].metadata[META_UPDATED_AT];
    }
    for (int p = 0; p < 3; p++) {
        sql_array(&arrays[p], items + p * base->n_tables, base->n_tables);
        params[p] = arrays[p].data;
    }
    PgRows *statements = NULL;
    bool ok = pg_query(d->pg, sql_query("detach_triggers"), 3, params, &statements, err) &&
              run_each(d->pg, statements, 0, &d->out->triggers, err);
    pg_rows_free(statements);
    for (int p = 0; p < 3; p++)
        buf_free(&arrays[p]);
    return ok;
}

/* One statement: tables that refer to one another go together. */
static bool drop_tables(Detaching *d, Err *err)
{
    Buf sql = {0};
    bool ok = true;
    for (int i = 0; ok && i < pg_count(d->tables); i++)
        if (pg_bool(d->tables, i, T_GOES)) {
            buf_str(&sql, sql.len ? ", " : "DROP TABLE ");
            sql_name(&sql, "artsync", pg_get(d->tables, i, T_NAME));
        } else {
            ok = pg_run(d->pg, pg_get(d->tables, i, T_DELETE), 0, NULL, NULL, err);
        }
    ok = ok && (!sql.len || pg_script(d->pg, sql.data, err));
    buf_free(&sql);
    return ok;
}

static bool drop_rest(Detaching *d, Err *err)
{
    PgRows *statements = NULL;
    int n = 0;
    if (d->shared)
        return true;
    bool ok = pg_query(d->pg, sql_query("detach_functions"), 0, NULL, &statements, err) &&
              run_each(d->pg, statements, 0, &n, err) && pg_script(d->pg, "DROP SCHEMA artsync", err);
    pg_rows_free(statements);
    return ok;
}

/* What others built on the bookkeeping is never dropped. */
static bool take_out(Detaching *d, Err *err)
{
    Err why = {0};
    if (replace_triggers(d, &why) && drop_tables(d, &why) && drop_rest(d, &why))
        return true;
    if (strcmp(why.sqlstate, "2BP01") == 0) {
        err_set(err, ERR_REFUSED, "drop what is named there first, or move it to another schema",
                "something else needs it: %s", why.message);
        err_sqlstate(err, why.sqlstate);
        err_clear(&why);
    } else {
        *err = why;
    }
    return false;
}

static bool list_tables(Detaching *d, Err *err)
{
    const char **states = arena_alloc(&d->out->arena, sizeof *states * (size_t)(d->base->n_tables + 1));
    Buf array = {0};
    for (int i = 0; i < d->base->n_tables; i++)
        states[i] = d->base->tables[i].state;
    sql_array(&array, states, d->base->n_tables);
    const char *params[] = {d->base->name, array.data, d->shared ? "t" : "f"};
    bool ok = pg_query(d->pg, sql_query("detach_tables"), 3, params, &d->tables, err);
    buf_free(&array);
    return ok;
}

bool schema_detach(Pg *pg, const Base *base, const char *dir, Detached *out, Err *err)
{
    *out = (Detached){0};
    Detaching d = {.pg = pg, .base = base, .dir = dir, .out = out};
    const PgProof proof = {.look = command_hint("once the database is back, see: {}", "db status")};
    bool ok = pg_begin(pg, PG_TX_WRITE, err) && schema_lock(pg, base, err) &&
              schema_is_shared(pg, base, &d.shared, err) && check_phase(&d, err) && list_tables(&d, err) &&
              open_folder(&d, err) && write_files(&d, err) && name_files(&d, err) && take_out(&d, err) &&
              pg_commit(pg, &proof, err);
    if (!ok)
        pg_rollback(pg);
    if (!ok && err->code != ERR_UNKNOWN)
        take_files_back(&d);
    out->shared = d.shared;
    pg_rows_free(d.tables);
    return ok;
}

void detached_free(Detached *detached)
{
    arena_free(&detached->arena);
    *detached = (Detached){0};
}

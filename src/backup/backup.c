#include "artsync/backup.h"

#include <errno.h>
#include <stdlib.h>

#include "artsync/clock.h"
#include "artsync/embed.h"
#include "artsync/file.h"
#include "artsync/progress.h"
#include "archive.h"
#include "child.h"
#include "manifest.h"

/* ---- what belongs to it ---- */

typedef struct Scope {
    StringList schemas; /* to be dumped */
    StringList foreign; /* tables, views and sequences in them that are not artsync's, as pg_dump's patterns */
} Scope;

static void add_name(StringList *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->items[i], name) == 0)
            return;
    names->items[names->n++] = name;
}

/* "schema"."name", or "name" alone: in quotes a pattern of pg_dump represents itself. */
static const char *pattern_of(const char *schema, const char *name, Arena *arena)
{
    Buf out = {0};
    if (schema) {
        buf_quoted(&out, schema);
        buf_char(&out, '.');
    }
    buf_quoted(&out, name);
    const char *copy = arena_str(arena, out.data);
    buf_free(&out);
    return copy;
}

enum { O_KIND, O_SCHEMA, O_NAME, O_SQL, O_OID, O_OURS, O_BUSINESS };

static void take_object(const PgRows *rows, int r, Scope *scope, Manifest *out)
{
    const char *kind = pg_get(rows, r, O_KIND);
    Arena *arena = &out->arena;
    if (pg_bool(rows, r, O_OURS))
        add_name(&scope->schemas, arena_str(arena, pg_get(rows, r, O_SCHEMA)));
    bool is_table = strcmp(kind, "table") == 0, is_sequence = strcmp(kind, "sequence") == 0;
    if (!pg_bool(rows, r, O_OURS))
        scope->foreign.items[scope->foreign.n++] =
            pattern_of(pg_get(rows, r, O_SCHEMA), pg_get(rows, r, O_NAME), arena);
    else if (is_table)
        out->tables[out->n_tables++] = (BackupTable){.schema = arena_str(arena, pg_get(rows, r, O_SCHEMA)),
                                                     .name = arena_str(arena, pg_get(rows, r, O_NAME)),
                                                     .oid = pg_int(rows, r, O_OID),
                                                     .business = pg_bool(rows, r, O_BUSINESS)};
    else if (!is_sequence)
        out->objects[out->n_objects++] =
            (BackupObject){.kind = arena_str(arena, kind),
                           .name = arena_str(arena, pg_get(rows, r, O_SQL)),
                           .schema = arena_str(arena, pg_get(rows, r, O_SCHEMA)),
                           .oid = pg_int(rows, r, O_OID)};
}

static bool find_objects(Pg *pg, const Base *base, Scope *scope, Manifest *out, Err *err)
{
    Buf tables = {0}, schemas = {0};
    Arena *arena = &out->arena;
    const char **names = arena_alloc(arena, sizeof *names * (size_t)(base->n_tables + 1));
    const char *first[3];
    scope->schemas.items = first;
    add_name(&scope->schemas, "artsync");
    add_name(&scope->schemas, "public"); /* sync_logs */
    add_name(&scope->schemas, base->schema);
    for (int i = 0; i < base->n_tables; i++)
        names[i] =
            table_sql_name(&(BackupTable){.schema = base->tables[i].schema, .name = base->tables[i].name}, arena);
    sql_array(&tables, names, base->n_tables);
    sql_array(&schemas, scope->schemas.items, scope->schemas.n);
    PgRows *rows = NULL;
    const char *params[] = {tables.data, schemas.data, base->name};
    bool ok = pg_query(pg, sql_query("backup_objects"), 3, params, &rows, err);
    size_t n = ok ? (size_t)pg_count(rows) + 1 : 1;
    scope->schemas.items = arena_alloc(arena, sizeof *names * (n + 3));
    memcpy(scope->schemas.items, first, (size_t)scope->schemas.n * sizeof *first);
    out->tables = arena_alloc(arena, sizeof *out->tables * n);
    out->objects = arena_alloc(arena, sizeof *out->objects * n);
    scope->foreign.items = arena_alloc(arena, sizeof *scope->foreign.items * n);
    for (int r = 0; ok && r < pg_count(rows); r++)
        take_object(rows, r, scope, out);
    pg_rows_free(rows);
    buf_free(&tables);
    buf_free(&schemas);
    return ok;
}

static bool measure_tables(Pg *pg, Manifest *out, Err *err)
{
    for (int i = 0; i < out->n_tables; i++) {
        BackupTable *t = &out->tables[i];
        if (!table_measure(pg, t, &t->rows, &t->checksum, &out->arena, err))
            return false;
    }
    return true;
}

/* ---- pg_dump ---- */

static bool server_major(Pg *pg, int *major, Err *err)
{
    char *version = NULL;
    if (!pg_value(pg, sql_query("server_version"), 0, NULL, &version, err))
        return false;
    *major = (int)strtol(version, NULL, 10) / 10000;
    free(version);
    return true;
}

static bool dump(Pg *pg, const Scope *scope, const char *temporary, Manifest *out, Err *err)
{
    const char *program;
    char *snapshot = NULL, *password = NULL, *conninfo = pg_child_conninfo(pg, &password);
    Arena *arena = &out->arena;
    int major = 0, n = 0;
    bool ok = server_major(pg, &major, err) && child_find("pg_dump", major, arena, &program, &out->pg_major, err) &&
              pg_value(pg, sql_query("export_snapshot"), 0, NULL, &snapshot, err);
    if (ok) {
        const char **args = arena_alloc(arena, sizeof *args * (size_t)(16 + 2 * (scope->schemas.n + scope->foreign.n)));
        const char *fixed[] = {"pg_dump", "--format=custom", "--encoding=UTF8", "--no-password",
                               "--lock-wait-timeout=30s"};
        for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
            args[n++] = fixed[i];
        args[n++] = arena_printf(arena, "--snapshot=%s", snapshot);
        args[n++] = arena_printf(arena, "--file=%s", temporary);
        for (int i = 0; i < scope->schemas.n; i++)
            args[n++] = arena_printf(arena, "--schema=%s", pattern_of(NULL, scope->schemas.items[i], arena));
        for (int i = 0; i < scope->foreign.n; i++)
            args[n++] = arena_printf(arena, "--exclude-table=%s", scope->foreign.items[i]);
        args[n++] = arena_printf(arena, "--dbname=%s", conninfo);
        ok = child_run(program, args, password, temporary, NULL, err);
    }
    free(snapshot);
    free(conninfo);
    if (password)
        explicit_bzero(password, strlen(password));
    free(password);
    return ok;
}

/* ---- the file ---- */

static bool append_manifest(AtomicFile *file, Manifest *out, Err *err)
{
    FILE *stream = atomic_file_stream(file), *in = fopen(atomic_file_name(file), "rbe");
    bool ok = in && fseeko(in, 0, SEEK_END) == 0 && (out->bytes = (int64_t)ftello(in)) > 0;
    if (!ok)
        err_set(err, ERR_IO, NULL, "cannot read the backup that was written: %s", strerror(errno));
    ok = ok && archive_hash(in, out->bytes, out->sha256, atomic_file_name(file), err);
    if (in)
        fclose(in);
    if (!ok)
        return false;
    if (fseeko(stream, 0, SEEK_END) != 0)
        return err_set(err, ERR_IO, NULL, "cannot write the backup: %s", strerror(errno));
    manifest_append(out, stream);
    return fflush(stream) == 0 ||
           err_set(err, ERR_IO, "is the disk full?", "cannot write the backup: %s", strerror(errno));
}

/* Does the list that pg_restore gives hold the data of the table? Oids tell: names may hold anything. */
static bool is_listed(const char *list, const BackupTable *table)
{
    for (const char *line = list; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        int64_t oid = 0;
        const char *entry = archive_entry(line, &oid);
        if (entry && oid == table->oid && strncmp(entry, "TABLE DATA ", 11) == 0)
            return true;
    }
    return false;
}

/* Read it back: its contents, and every byte of its data. */
static bool verify(const char *path, const Manifest *m, Err *err)
{
    Arena arena = {0};
    Buf list = {0};
    Manifest again = {0};
    const char *program;
    int major;
    const char *listing[] = {"pg_restore", "--list", path, NULL};
    const char *reading[] = {"pg_restore", "--data-only", "--file=-", path, NULL};
    bool ok = child_find("pg_restore", m->pg_major, &arena, &program, &major, err) &&
              child_run(program, listing, NULL, NULL, &list, err) &&
              child_run(program, reading, NULL, NULL, NULL, err) && backup_open(path, &again, err);
    for (int i = 0; ok && i < m->n_tables; i++)
        if (!is_listed(buf_view(&list).p, &m->tables[i]))
            ok = err_set(err, ERR_REFUSED, "check the rights of the role that makes the backup",
                         "the archive holds no data of %s.%s", m->tables[i].schema, m->tables[i].name);
    manifest_free(&again);
    buf_free(&list);
    arena_free(&arena);
    return ok || err_context(err, "the backup cannot be read back");
}

static void stamp(Manifest *out)
{
    char text[CLOCK_UTC];
    clock_utc(text);
    out->at = arena_str(&out->arena, text);
}

bool backup_write(Pg *pg, const Base *base, const char *path, bool replace, Manifest *out, Err *err)
{
    AtomicFile *file = NULL;
    Scope scope = {0};
    *out = (Manifest){0};
    out->base = arena_str(&out->arena, base->name);
    out->database = arena_str(&out->arena, pg_database(pg));
    stamp(out);
    progress_table("backup");
    progress_phase("counting rows");
    bool ok = atomic_file_begin(&file, path, 0600, replace, err) && pg_begin(pg, PG_TX_READ, err) &&
              find_objects(pg, base, &scope, out, err) && measure_tables(pg, out, err);
    progress_phase("writing");
    ok = ok && dump(pg, &scope, atomic_file_name(file), out, err);
    pg_rollback(pg);
    progress_phase("reading it back");
    ok = ok && append_manifest(file, out, err) && verify(atomic_file_name(file), out, err);
    if (ok)
        return atomic_file_commit(file, err);
    atomic_file_abort(file);
    return false;
}

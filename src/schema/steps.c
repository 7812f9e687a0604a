/* The SQL files there are, and what the database says was applied of them. */
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "private.h"

void steps_free(Steps *steps)
{
    free(steps->items);
    arena_free(&steps->arena);
    *steps = (Steps){0};
}

static Step *add(Steps *steps, const char *source, const char *file)
{
    ARRAY_RESERVE(steps->items, steps->n, steps->cap);
    Step *step = &steps->items[steps->n++];
    *step = (Step){.own = strcmp(source, "artsync") == 0};
    step->migration.source = arena_str(&steps->arena, source);
    step->migration.file = arena_str(&steps->arena, file);
    step->migration.state = MIGRATION_PENDING;
    return step;
}

static void add_file(Steps *steps, const char *source, const char *path, const char *text, size_t size)
{
    const char *slash = strrchr(path, '/');
    Step *step = add(steps, source, slash ? slash + 1 : path);
    char hex[SHA256_HEX];
    sha256_of((Str){text, size}, hex);
    step->path = arena_str(&steps->arena, path);
    step->text = arena_strn(&steps->arena, text, size);
    step->migration.sha256 = arena_str(&steps->arena, hex);
}

typedef struct Collect {
    Steps *steps;
    const Base *base;
} Collect;

static bool add_base_file(void *ctx, const char *path, const char *text, size_t size, Err *err)
{
    Collect *collect = ctx;
    if (!text)
        return false;
    if (memchr(text, '\0', size))
        return err_set(err, ERR_CONFIG, "save it as UTF-8", "%s holds a NUL byte", path);
    add_file(collect->steps, collect->base->name, path, text, size);
    return true;
}

bool steps_files(Steps *steps, const Base *base, const char *base_name, Err *err)
{
    static const char own[] = "artsync/";
    if (strcmp(base->name, "artsync") == 0)
        return err_set(err, ERR_CONFIG, "give it another name", "a base cannot be called artsync");
    for (size_t i = 0; i < embedded_count; i++) {
        const EmbeddedFile *file = &embedded_files[i];
        if (strncmp(file->path, own, sizeof own - 1) == 0)
            add_file(steps, "artsync", file->path, file->data, file->size);
    }
    Collect collect = {steps, base};
    return base_files(base_name, "", add_base_file, &collect, err);
}

static Step *find(Steps *steps, const char *source, const char *file)
{
    for (int i = 0; i < steps->n; i++) {
        const Migration *m = &steps->items[i].migration;
        if (strcmp(m->source, source) == 0 && strcmp(m->file, file) == 0)
            return &steps->items[i];
    }
    return NULL;
}

void steps_compare(Steps *steps, const PgRows *rows)
{
    for (int row = 0; row < pg_count(rows); row++) {
        const char *source = pg_get(rows, row, 0);
        if (!source)
            continue;
        const char *sha256 = pg_get(rows, row, 2);
        Step *step = find(steps, source, pg_get(rows, row, 1));
        if (!step) {
            step = add(steps, source, pg_get(rows, row, 1));
            step->migration.sha256 = arena_str(&steps->arena, sha256);
            step->migration.state = MIGRATION_GONE;
        } else {
            bool same = strcmp(step->migration.sha256, sha256) == 0;
            step->migration.state = same ? MIGRATION_APPLIED : MIGRATION_EDITED;
        }
        if (pg_width(rows) > 3)
            step->migration.applied_at = arena_str(&steps->arena, pg_get(rows, row, 3));
    }
}

static bool bad_step(const Step *step, const char *what, const char *hint, Err *err)
{
    return err_set(err, ERR_SCHEMA, hint, "migration %s of %s %s", step->migration.file, step->migration.source, what);
}

bool steps_check(const Steps *steps, Err *err)
{
    for (int i = 0; i < steps->n; i++) {
        const Step *step = &steps->items[i];
        if (step->migration.state == MIGRATION_EDITED)
            return bad_step(step, "was edited after it was applied",
                            "put the old text back and write the change as a new file with the next number", err);
        if (step->migration.state == MIGRATION_GONE)
            return bad_step(step, "was applied but its file is missing",
                            step->own ? "this database was migrated by a newer artsync: use that one"
                                      : "put the file back under this name (only NNNN_name.sql is read), or name the "
                                        "base that this database was made with",
                            err);
        for (int k = i + 1; step->migration.state == MIGRATION_PENDING && k < steps->n; k++) {
            const Step *later = &steps->items[k];
            if (later->own == step->own && later->migration.state == MIGRATION_APPLIED)
                return bad_step(step, "is new but sorts before one that is applied",
                                "files are applied in order: give it the next free number", err);
        }
    }
    return true;
}

bool steps_read(Steps *steps, Pg *pg, const Base *base, const char *base_name, Err *err)
{
    char *exists;
    if (!steps_files(steps, base, base_name, err) || !pg_trust(pg, base, NULL, 0, NULL, err) ||
        !pg_value(pg, sql_query("migrations_exist"), 0, NULL, &exists, err))
        return false;
    bool made = exists && exists[0] == 't';
    free(exists);
    if (!made)
        return true;
    PgRows *rows;
    if (!pg_query(pg, sql_query("migrations"), 1, &base->name, &rows, err))
        return err_context(err, "reading the list of migrations");
    steps_compare(steps, rows);
    pg_rows_free(rows);
    return true;
}

/* Where a base's files come from: a folder on disk or the bytes inside the binary, behind one function. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "artsync/embed.h"
#include "artsync/file.h"
#include "artsync/shell.h"
#include "json_shape.h"

enum { SQL_FILE_MAX = 16 * 1024 * 1024 };

/* A plain name means a built-in base, whatever the working folder holds: SQL in a folder of that name must not
 * run in its place. */
static bool on_disk(const char *name)
{
    return strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* ---- base.json ---- */

/* The bases inside the binary: every <name>/base.json. */
static int embedded_bases(Arena *arena, const char **names)
{
    int n = 0;
    for (size_t i = 0; i < embedded_count; i++) {
        const char *slash = strchr(embedded_files[i].path, '/');
        if (slash && strcmp(slash, "/base.json") == 0)
            names[n++] = arena_strn(arena, embedded_files[i].path, (size_t)(slash - embedded_files[i].path));
    }
    return n;
}

static bool no_such_base(const char *name, Err *err)
{
    Arena arena = {0};
    const char **names = arena_alloc(&arena, (embedded_count + 1) * sizeof *names);
    int n = embedded_bases(&arena, names);
    const char *hint = nearest_hint(&arena, name, names, n);
    if (access(arena_printf(&arena, "%s/base.json", name), F_OK) == 0)
        hint = arena_printf(&arena, "for the folder of that name: --base ./%s", name);
    if (!hint)
        hint =
            arena_printf(&arena, "built in: %s; or give the folder that holds base.json", list_words(&arena, names, n));
    err_set(err, ERR_CONFIG, hint, "no base called \"%s\"", name);
    arena_free(&arena);
    return false;
}

static bool read_settings(const char *name, Buf *text, Buf *origin, Err *err)
{
    if (on_disk(name)) {
        buf_printf(origin, "%s/base.json", name);
        if (file_read(origin->data, JSON_MAX, text, err))
            return true;
        if (err->code == ERR_MISSING) {
            err_clear(err);
            err_set(err, ERR_CONFIG, "--base names a built-in base or a folder that holds base.json", "there is no %s",
                    origin->data);
        }
        return false;
    }
    buf_printf(origin, "%s/base.json", name);
    const EmbeddedFile *file = embedded_find(origin->data);
    if (!file)
        return no_such_base(name, err);
    buf_clear(origin);
    buf_printf(origin, "sql/%s (embedded)", file->path);
    buf_add(text, file->data, file->size);
    return true;
}

bool base_read(const char *name, Base **base, Buf *origin, Problems *problems, Err *err)
{
    Buf text = {0};
    bool found = read_settings(name, &text, origin, err);
    *base = found ? base_parse(buf_view(&text).p, text.len, origin->data, problems) : NULL;
    if (*base) {
        (*base)->path = arena_str(&(*base)->arena, name);
        (*base)->embedded = !on_disk(name);
    } else if (found) {
        Problems again = {0}; /* told already */
        *base = base_draft(buf_view(&text).p, text.len, origin->data, &again);
        problems_free(&again);
    }
    buf_free(&text);
    return found;
}

Base *base_load(const char *name, Err *err)
{
    Buf origin = {0};
    Problems problems = {0};
    Base *base = NULL;
    if (base_read(name, &base, &origin, &problems, err) && problems.n > 0) {
        base_free(base);
        base = NULL;
        problems_raise(&problems, ERR_CONFIG, err);
    }
    problems_free(&problems);
    buf_free(&origin);
    return base;
}

/* ---- SQL files ---- */

/* "x.sql", but nothing in a folder below, and no editor's hidden files. */
static bool is_sql(const char *file)
{
    size_t n = strlen(file);
    return n > 4 && file[0] != '.' && !strchr(file, '/') && strcmp(file + n - 4, ".sql") == 0;
}

static bool is_migration(const char *file)
{
    return is_sql(file) && strspn(file, "0123456789") == 4 && file[4] == '_';
}

/* In a folder below, every SQL file; beside base.json, only migrations. */
static bool wanted(const char *file, const char *prefix)
{
    size_t p = strlen(prefix);
    return strncmp(file, prefix, p) == 0 && (strchr(prefix, '/') ? is_sql(file + p) : is_migration(file));
}

static bool embedded_sql(const char *name, const char *prefix, BaseFileFn *each, void *ctx, Err *err)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < embedded_count; i++) {
        const EmbeddedFile *file = &embedded_files[i];
        if (strncmp(file->path, name, n) != 0 || file->path[n] != '/' || !wanted(file->path + n + 1, prefix))
            continue;
        if (!each(ctx, file->path + n + 1, file->data, file->size, err))
            return false;
    }
    return true;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static bool disk_file(const char *folder, const char *path, BaseFileFn *each, void *ctx, Err *err)
{
    Buf full = {0}, text = {0};
    buf_printf(&full, "%s/%s", folder, path);
    size_t bom = 0;
    bool ok = file_read(full.data, SQL_FILE_MAX, &text, err);
    if (ok && text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        bom = 3; /* some editors write one; to PostgreSQL it is no part of SQL */
    ok = ok ? each(ctx, path, buf_view(&text).p + bom, text.len - bom, err) : each(ctx, path, NULL, 0, err);
    buf_free(&full);
    buf_free(&text);
    return ok;
}

static bool disk_sql(const char *folder, const char *prefix, BaseFileFn *each, void *ctx, Err *err)
{
    const char *slash = strrchr(prefix, '/');
    int below = slash ? (int)(slash + 1 - prefix) : 0;
    Buf path = {0};
    buf_printf(&path, "%s/%.*s", folder, below, prefix);
    struct dirent **entries = NULL;
    int n = scandir(path.data, &entries, NULL, by_name);
    bool ok = true;
    if (n < 0 && !(errno == ENOENT && below > 0)) /* a base without checks is fine */
        ok = err_set(err, ERR_IO, NULL, "cannot read the folder %s: %s", path.data, strerror(errno));
    for (int i = 0; i < n; i++) {
        buf_clear(&path);
        buf_printf(&path, "%.*s%s", below, prefix, entries[i]->d_name);
        if (ok && wanted(path.data, prefix))
            ok = disk_file(folder, path.data, each, ctx, err);
        free(entries[i]);
    }
    free(entries);
    buf_free(&path);
    return ok;
}

bool base_files(const char *base_name, const char *prefix, BaseFileFn *each, void *ctx, Err *err)
{
    return on_disk(base_name) ? disk_sql(base_name, prefix, each, ctx, err)
                              : embedded_sql(base_name, prefix, each, ctx, err);
}

bool base_unused_files(const char *base_name, Problems *problems, Err *err)
{
    if (!on_disk(base_name))
        return true;
    struct dirent **entries = NULL;
    int n = scandir(base_name, &entries, NULL, by_name);
    if (n < 0)
        return err_set(err, ERR_IO, NULL, "cannot read the folder %s: %s", base_name, strerror(errno));
    for (int i = 0; i < n; i++) {
        const char *file = entries[i]->d_name;
        Buf place = {0};
        buf_printf(&place, "%s/%s", base_name, file);
        if (is_sql(file) && !is_migration(file))
            problems_add(problems, place.data, "name it NNNN_name.sql, with four digits, or move it elsewhere",
                         "is not a migration and is not applied");
        buf_free(&place);
        free(entries[i]);
    }
    free(entries);
    return true;
}

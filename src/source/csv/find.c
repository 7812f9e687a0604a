/* Which file of the export folder: the newest that fits a pattern; and if none is there, which one may be meant. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "artsync/interrupt.h"
#include "internal.h"

/* ---- patterns ---- */

/* The newest so far, and another one of the same time. */
typedef struct Newest {
    char *name, *same_time;
    struct timespec at;
} Newest;

static int compare_times(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? (a.tv_sec < b.tv_sec ? -1 : 1) : (a.tv_nsec > b.tv_nsec) - (a.tv_nsec < b.tv_nsec);
}

static void set(char **name, const char *to)
{
    free(*name);
    *name = to ? mem_dup(to) : NULL;
}

static void take(Newest *newest, const char *name, struct timespec at)
{
    int order = newest->name ? compare_times(at, newest->at) : 1;
    if (order == 0)
        set(&newest->same_time, name);
    if (order <= 0)
        return;
    set(&newest->name, name);
    set(&newest->same_time, NULL);
    newest->at = at;
}

/* Folders, FIFOs, devices and links to nothing are passed over: they are never opened. */
static bool look_through(DIR *dir, const Table *table, Newest *newest, Err *err)
{
    for (struct dirent *entry; interrupt_check(err) && (entry = readdir(dir));) {
        struct stat info;
        if (table_takes_file(table, entry->d_name) && fstatat(dirfd(dir), entry->d_name, &info, 0) == 0 &&
            S_ISREG(info.st_mode))
            take(newest, entry->d_name, info.st_mtim);
    }
    return err->code == ERR_NONE;
}

static const char *listed(const Table *table, Arena *arena)
{
    const char *text = "";
    for (int i = 0; i < table->patterns.n; i++)
        text = arena_printf(arena, "%s%s\"%s\"", text, i ? " or " : "", table->patterns.items[i]);
    return text;
}

bool csv_find(const Table *table, const char *folder, Arena *arena, const char **location, Err *err)
{
    *location = arena_printf(arena, "%s/%s", folder, table->file);
    if (table->patterns.n == 0)
        return true;
    DIR *dir = opendir(folder);
    if (!dir)
        return errno == ENOENT || errno == ENOTDIR || err_set(err, ERR_IO, NULL, "%s: %s", folder, strerror(errno));
    Newest newest = {0};
    bool ok = look_through(dir, table, &newest, err);
    closedir(dir);
    if (ok && newest.same_time)
        ok = err_set(err, ERR_CONFIG, "remove the one that is not meant, or name it with --file TABLE=PATH",
                     "%s: \"%s\" and \"%s\" have the same time: which is newer cannot be told", folder, newest.name,
                     newest.same_time);
    else if (ok && newest.name)
        *location = arena_printf(arena, "%s/%s", folder, newest.name);
    else if (ok)
        ok = err_set(err, ERR_MISSING, "export the view into that folder, or name the file with --file TABLE=PATH",
                     "%s: no file fits %s", folder, listed(table, arena));
    set(&newest.name, NULL);
    set(&newest.same_time, NULL);
    return ok;
}

/* ---- a missing file: is there one that was meant? ---- */

/* `name (1).csv` for `name.csv`, as browsers call a second download, or the name in other letters. */
static bool is_variant(const char *name, const char *wanted)
{
    if (strcasecmp(name, wanted) == 0)
        return true;
    const char *dot = strrchr(wanted, '.');
    size_t stem = dot ? (size_t)(dot - wanted) : strlen(wanted);
    if (strncasecmp(name, wanted, stem) != 0 || strncmp(name + stem, " (", 2) != 0)
        return false;
    const char *p = name + stem + 2;
    size_t digits = strspn(p, "0123456789");
    return digits > 0 && p[digits] == ')' && strcasecmp(p + digits + 1, dot ? dot : "") == 0;
}

/* The newest variant in the folder, or NULL; the caller frees it. */
static char *find_variant(const char *folder, const char *wanted)
{
    DIR *dir = opendir(folder);
    char *best = NULL;
    struct timespec newest = {0};
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        struct stat info;
        if (!is_variant(entry->d_name, wanted) || fstatat(dirfd(dir), entry->d_name, &info, 0) != 0 ||
            !S_ISREG(info.st_mode))
            continue;
        if (best && (info.st_mtim.tv_sec < newest.tv_sec ||
                     (info.st_mtim.tv_sec == newest.tv_sec && info.st_mtim.tv_nsec <= newest.tv_nsec)))
            continue;
        newest = info.st_mtim;
        free(best);
        best = mem_dup(entry->d_name);
    }
    if (dir)
        closedir(dir);
    return best;
}

bool csv_fail_missing(const char *path, Err *err)
{
    const char *slash = strrchr(path, '/');
    Buf folder = {0}, hint = {0};
    buf_add(&folder, slash ? path : ".", slash ? (size_t)(slash - path) + (slash == path) : 1);
    struct stat info;
    char *variant = find_variant(folder.data, slash ? slash + 1 : path);
    if (variant)
        buf_printf(&hint, "\"%s\" exists: rename it, or name it with --file TABLE=PATH", variant);
    else if (stat(folder.data, &info) != 0 || !S_ISDIR(info.st_mode))
        buf_printf(&hint, "there is no folder %s", folder.data);
    else if (strpbrk(path, "*?"))
        buf_printf(&hint, "to mean a pattern, write a list in base.json: \"file\": [\"%s\"]", slash ? slash + 1 : path);
    else
        buf_str(&hint, "export the view from Airtable into that folder, or name the file with --file TABLE=PATH");
    err_set(err, ERR_MISSING, hint.data, "there is no file %s", path);
    free(variant);
    buf_free(&folder);
    buf_free(&hint);
    return false;
}

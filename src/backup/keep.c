/* keep.c - backups that are kept in a folder: their names, and which of them have had their time. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "artsync/backup.h"
#include "manifest.h"

enum { STAMP = sizeof "2026-01-31T235959Z" - 1, KEEP_MAX = 100000 };
static const char suffix[] = ".backup";

/* ---- which ---- */

bool keep_parse(const char *text, KeepRule *rule)
{
    static const char units[KEEP_UNITS] = {'d', 'w', 'm', 'y'};
    *rule = (KeepRule){0};
    for (const char *at = text;;) {
        char *end;
        long n = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : 0;
        if (n < 1 || n > KEEP_MAX)
            return false;
        int unit = 0;
        while (unit < KEEP_UNITS && units[unit] != *end)
            unit++;
        if (unit == KEEP_UNITS || rule->n[unit])
            return false;
        rule->n[unit] = (int)n;
        if (!end[1])
            return true;
        if (end[1] != ',')
            return false;
        at = end + 2;
    }
}

/* The day, week, month or year of a time, as a number that is the same for all times in it. Weeks begin on Monday. */
static int64_t period_of(time_t at, int unit)
{
    struct tm utc;
    int64_t day = (int64_t)at / 86400;
    gmtime_r(&at, &utc);
    switch (unit) {
    case KEEP_DAYS:
        return day;
    case KEEP_WEEKS:
        return (day + 3) / 7; /* day 0 was a Thursday */
    case KEEP_MONTHS:
        return (int64_t)utc.tm_year * 12 + utc.tm_mon;
    default:
        return utc.tm_year;
    }
}

void keep_choose(const KeepRule *rule, const time_t *newest_first, int n, bool *kept)
{
    for (int i = 0; i < n; i++)
        kept[i] = i == 0;
    for (int unit = 0; unit < KEEP_UNITS; unit++) {
        int64_t last = 0;
        int periods = 0;
        for (int i = 0; i < n && periods < rule->n[unit]; i++) {
            int64_t period = period_of(newest_first[i], unit);
            if (periods > 0 && period == last)
                continue;
            kept[i] = true;
            last = period;
            periods++;
        }
    }
}

/* ---- names ---- */

/* Part of a file's name: what would end or hide it, as %XX. */
static void add_part(Buf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < 0x20 || *c == 0x7f || *c == '/' || *c == '%' || (*c == '.' && c == (const unsigned char *)text))
            buf_printf(out, "%%%02X", *c);
        else
            buf_char(out, (char)*c);
}

static void add_prefix(Buf *out, const char *base, const char *database)
{
    add_part(out, base);
    buf_char(out, '-');
    add_part(out, database);
    buf_char(out, '-');
}

const char *backup_name(const char *base, const char *database, time_t at, Arena *arena)
{
    struct tm utc;
    char stamp[STAMP + 1];
    Buf name = {0};
    gmtime_r(&at, &utc);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H%M%SZ", &utc);
    add_prefix(&name, base, database);
    buf_printf(&name, "%s%s", stamp, suffix);
    const char *copy = arena_str(arena, name.data);
    buf_free(&name);
    return copy;
}

static bool time_of(const char *stamp, time_t *at)
{
    struct tm utc = {0};
    char text[STAMP + 1], again[STAMP + 1];
    memcpy(text, stamp, STAMP);
    text[STAMP] = '\0';
    const char *end = strptime(text, "%Y-%m-%dT%H%M%SZ", &utc);
    if (!end || *end)
        return false;
    *at = timegm(&utc);
    gmtime_r(at, &utc);
    strftime(again, sizeof again, "%Y-%m-%dT%H%M%SZ", &utc);
    return strcmp(text, again) == 0; /* no 31st of February */
}

/* ---- the folder ---- */

typedef struct Kept {
    const char *name;
    time_t at;
} Kept;

static int newest_first(const void *a, const void *b)
{
    time_t x = ((const Kept *)a)->at, y = ((const Kept *)b)->at;
    return (x < y) - (x > y);
}

/* By its name a backup of that base and database, and by what it says of itself. */
static bool is_backup(const char *folder, const char *name, const char *base, const char *database, time_t *at)
{
    Buf prefix = {0}, path = {0};
    add_prefix(&prefix, base, database);
    size_t n = strlen(name);
    bool ok = n == prefix.len + STAMP + sizeof suffix - 1 && memcmp(name, prefix.data, prefix.len) == 0 &&
              strcmp(name + prefix.len + STAMP, suffix) == 0 && time_of(name + prefix.len, at);
    if (ok) {
        Manifest manifest = {0};
        Err damaged = {0}; /* or another's: neither counted nor removed */
        buf_printf(&path, "%s/%s", folder, name);
        ok = backup_peek(path.data, &manifest, &damaged) && strcmp(manifest.base, base) == 0 &&
             strcmp(manifest.database, database) == 0;
        manifest_free(&manifest);
        err_clear(&damaged);
    }
    buf_free(&prefix);
    buf_free(&path);
    return ok;
}

static bool list_backups(const char *folder, const char *base, const char *database, Kept **list, int *n, Arena *arena,
                         Err *err)
{
    int cap = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        return err_set(err, ERR_IO, NULL, "cannot read the folder %s: %s", folder, strerror(errno));
    for (const struct dirent *entry; (entry = readdir(dir));) {
        time_t at;
        if (!is_backup(folder, entry->d_name, base, database, &at))
            continue;
        ARRAY_RESERVE(*list, *n, cap);
        (*list)[(*n)++] = (Kept){arena_str(arena, entry->d_name), at};
    }
    closedir(dir);
    if (*n)
        qsort(*list, (size_t)*n, sizeof **list, newest_first);
    return true;
}

/* The one that was just written and verified stays, whatever the clock of an older one said. */
static bool thin(const char *folder, const char *newest, const KeepRule *rule, Kept *list, int n, StringList *removed,
                 Arena *arena, Err *err)
{
    time_t *times = arena_alloc(arena, sizeof *times * (size_t)(n + 1));
    bool *kept = arena_alloc(arena, sizeof *kept * (size_t)(n + 1)), ok = true;
    removed->items = arena_alloc(arena, sizeof *removed->items * (size_t)(n + 1));
    for (int i = 0; i < n; i++)
        times[i] = list[i].at;
    keep_choose(rule, times, n, kept);
    for (int i = 0; i < n; i++) {
        if (kept[i] || strcmp(list[i].name, newest) == 0)
            continue;
        const char *path = arena_printf(arena, "%s/%s", folder, list[i].name);
        if (unlink(path) == 0)
            removed->items[removed->n++] = list[i].name;
        else if (errno != ENOENT && ok)
            ok = err_set(err, ERR_IO,
                         "the new backup is complete; remove older ones by hand, or fix the rights of the folder",
                         "cannot remove %s: %s", path, strerror(errno));
    }
    return ok;
}

bool backup_thin(const char *folder, const Manifest *written, const char *newest, const KeepRule *rule,
                 StringList *removed, Arena *arena, Err *err)
{
    Kept *list = NULL;
    int n = 0;
    *removed = (StringList){0};
    bool ok = list_backups(folder, written->base, written->database, &list, &n, arena, err) &&
              thin(folder, newest, rule, list, n, removed, arena, err);
    free(list);
    return ok;
}

/* ---- the newest ---- */

/* When a backup was made, by what it says of itself: a copy has a new time of its own. 0: it is none, or of others. */
static time_t made_at(const char *path, const char *base, const char *database)
{
    struct tm utc = {0};
    Manifest manifest = {0};
    Err damaged = {0};
    time_t at = 0;
    if (backup_peek(path, &manifest, &damaged) && strcmp(manifest.base, base) == 0 &&
        (!database || strcmp(manifest.database, database) == 0) && strptime(manifest.at, "%Y-%m-%dT%H:%M:%SZ", &utc))
        at = timegm(&utc);
    manifest_free(&manifest);
    err_clear(&damaged);
    return at;
}

time_t backup_newest(const char *folder, const char *base, const char *database)
{
    time_t newest = 0;
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        size_t n = strlen(entry->d_name), end = sizeof suffix - 1;
        if (n <= end || strcmp(entry->d_name + n - end, suffix) != 0)
            continue;
        Buf path = {0};
        buf_printf(&path, "%s/%s", folder, entry->d_name);
        time_t at = made_at(path.data, base, database);
        newest = at > newest ? at : newest;
        buf_free(&path);
    }
    if (dir)
        closedir(dir);
    return newest;
}

/* doctor_files.c - what a run needs of this machine: the export, space for backups, a timer or a cron line. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "artsync/backup.h"
#include "artsync/clean.h"
#include "artsync/clock.h"
#include "artsync/embed.h"
#include "artsync/file.h"
#include "artsync/shell.h"
#include "artsync/spawn.h"
#include "artsync/utf8.h"
#include "doctor.h"

enum { EXPORT_DAYS = 8, BACKUP_DAYS = 2, DAY_S = 24 * 3600, CRONTAB_MS = 5000 };

/* ---- the export ---- */

typedef struct FileLook {
    Cleaner *cleaner;
    int64_t records, not_utf8; /* records with cells that are not UTF-8 ... */
    int64_t first;             /* ... the line of the first */
} FileLook;

/* The header against the mapping, every cell against UTF-8. */
static bool look_at_record(void *ctx, const RawRecord *record, Err *err)
{
    FileLook *look = ctx;
    size_t bad;
    if (record->position.number == 0)
        return cleaner_put(look->cleaner, record, err);
    bool valid = true;
    for (int i = 0; i < record->n_cells && valid; i++)
        valid = utf8_valid(record->cells[i], &bad);
    look->records++;
    if (!valid && !look->not_utf8++)
        look->first = record->position.line;
    return true;
}

static const char *names_of(const StringList *names, Arena *arena)
{
    Buf list = {0};
    for (int i = 0; i < names->n; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", names->items[i]);
    const char *kept = arena_strn(arena, buf_view(&list).p, list.len);
    buf_free(&list);
    return kept;
}

static void tell_of_file(Doctor *doctor, const Source *source, const FileLook *look)
{
    Arena *arena = doctor->arena;
    struct stat info;
    bool dated = stat(source->location, &info) == 0;
    int64_t age = dated ? (int64_t)(time(NULL) - info.st_mtime) : 0;
    StringList unmapped = cleaner_unmapped(look->cleaner);
    const char *table = source->table->name;
    if (look->not_utf8)
        doctor_problem(doctor, "export", NULL,
                       "%s: %s in %s not in UTF-8, line %lld first; export the view again, or save it as UTF-8",
                       table, out_noun(look->not_utf8, "record", "records", arena), source->name,
                       (long long)look->first);
    else if (doctor->production && age > (int64_t)EXPORT_DAYS * DAY_S)
        doctor_problem(doctor, "export", NULL, "%s: %s was written %s; export the view again", table, source->name,
                       out_age(age, arena));
    else
        doctor_fine(doctor, "export", "%s: %s, %s%s%s%s%s", table, source->name,
                    out_noun(look->records, "record", "records", arena), dated ? ", written " : "",
                    dated ? out_age(age, arena) : "", unmapped.n ? "; not mapped: " : "", names_of(&unmapped, arena));
}

static void look_at_source(Doctor *doctor, Source *source, const char *dir)
{
    FileLook look = {0};
    Err err = {0};
    CleanerOptions options = {.table = source->table, .path = source->location, .headers_only = true};
    look.cleaner = cleaner_new(&options, NULL, &(RecordSink){0});
    if (source_check(source, &err) && source_read(source, look_at_record, &look, &err))
        tell_of_file(doctor, source, &look);
    else
        doctor_error(doctor, "export",
                     err.code == ERR_HEADER ? command_line(doctor->arena, "base check")
                     : dir                  ? command_line(doctor->arena, "status --export-dir %s", dir)
                                            : command_line(doctor->arena, "status"),
                     &err);
    cleaner_free(look.cleaner);
}

void doctor_export(Doctor *doctor)
{
    Cli *cli = doctor->cli;
    SourcePlaces places = {cli_text(cli, "export-dir"), cli_databases(cli)};
    for (int i = 0; cli->base && i < cli->base->n_tables; i++) {
        Source source;
        Err err = {0};
        if (source_find(&cli->base->tables[i], &places, doctor->arena, &source, &err))
            look_at_source(doctor, &source, cli_given(cli, "export-dir") ? places.folder : NULL);
        else
            doctor_error(doctor, "export", NULL, &err);
    }
}

/* ---- backups ---- */

static int64_t database_bytes(Doctor *doctor)
{
    PgRows *rows = NULL;
    Err err = {0};
    int64_t bytes = 0;
    if (doctor->cli->pg && pg_query(doctor->cli->pg, sql_query("doctor_database"), 0, NULL, &rows, &err))
        bytes = pg_int(rows, 0, 2);
    pg_rows_free(rows);
    err_clear(&err);
    return bytes;
}

static void look_at_space(Doctor *doctor, const char *folder)
{
    struct statvfs disk;
    enum { MB = 1024 * 1024 };
    if (statvfs(folder, &disk) != 0) {
        doctor_problem(doctor, "disk", command_on_file(doctor->arena, "mkdir -p", folder),
                       "%s: there is no such folder for backups", folder);
        return;
    }
    int64_t available = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize, needed = database_bytes(doctor);
    if (!needed)
        doctor_fine(doctor, "disk", "%s MB are available for backups", out_count(available / MB, doctor->arena));
    else if (available < needed)
        doctor_problem(doctor, "disk", NULL, "%s: %s MB are available, and the database has %s MB: make space", folder,
                       out_count(available / MB, doctor->arena), out_count(needed / MB, doctor->arena));
    else
        doctor_fine(doctor, "disk", "%s MB are available for backups, and the database has %s MB",
                    out_count(available / MB, doctor->arena), out_count(needed / MB, doctor->arena));
}

static void missing(Doctor *doctor, const char *name, const char *command, const char *what)
{
    if (doctor->production)
        doctor_problem(doctor, name, command, "%s", what);
    else
        doctor_fine(doctor, name, "%s; only a production database needs one", what);
}

void doctor_backups(Doctor *doctor)
{
    const char *folder = doctor_setting(doctor, "ARTSYNC_BACKUP_DIR");
    look_at_space(doctor, folder ? folder : ".");
    if (!folder) {
        missing(doctor, "backup", NULL, "ARTSYNC_BACKUP_DIR names no folder, so no backup is kept");
        return;
    }
    const Cli *cli = doctor->cli;
    if (!cli->base)
        return; /* its problem was told */
    time_t newest = backup_newest(folder, cli->base->name, cli->pg ? pg_database(cli->pg) : NULL);
    const char *make = command_line(doctor->arena, "backup --dir %s", folder);
    int64_t age = (int64_t)(time(NULL) - newest);
    if (!newest)
        missing(doctor, "backup", make,
                arena_printf(doctor->arena, "there is no backup in %s of this base and database", folder));
    else if (doctor->production && age > (int64_t)BACKUP_DAYS * DAY_S)
        doctor_problem(doctor, "backup", make, "the newest backup in %s was made %s", folder,
                       out_age(age, doctor->arena));
    else
        doctor_fine(doctor, "backup", "the newest one was made %s", out_age(age, doctor->arena));
}

/* ---- timer or cron ---- */

/* Does a line that is no comment have the word? */
static bool line_has(FILE *file, const char *word)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    while (!found && getline(&line, &size, file) >= 0)
        found = line[0] != '#' && strstr(line, word);
    free(line);
    return found;
}

/* Is there such a file, with `word` in it where one is given? */
static bool exists(const char *pattern, const char *word)
{
    glob_t all;
    bool found = false;
    if (glob(pattern, 0, NULL, &all) != 0)
        return false;
    for (size_t i = 0; i < all.gl_pathc && !found; i++) {
        FILE *file = word ? fopen(all.gl_pathv[i], "re") : NULL;
        found = !word || (file && line_has(file, word));
        if (file)
            fclose(file);
    }
    globfree(&all);
    return found;
}

/* Only the program may look at a user's own table. */
static bool in_own_crontab(void)
{
    enum { LOOK_MS = 10 };
    char *arguments[] = {"crontab", "-l", NULL};
    Err err = {0};
    int status = 0;
    FILE *out = access("/usr/bin/crontab", X_OK) == 0 ? file_temporary(&err) : NULL;
    err_clear(&err);
    if (!out)
        return false;
    pid_t pid = spawn_start(&(Spawn){.program = "/usr/bin/crontab", .arguments = arguments, .in = -1, .errors = -1,
                                     .out = fileno(out)});
    int64_t start = clock_ms();
    while (pid > 0 && !spawn_has_ended(pid, &status)) {
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
        if (clock_ms() - start > CRONTAB_MS) {
            spawn_kill(pid);
            break;
        }
    }
    rewind(out);
    bool found = line_has(out, "artsync");
    fclose(out);
    return found;
}

void doctor_timer(Doctor *doctor)
{
    static const char *const units[] = {"/etc/systemd/system/*.wants/artsync*", NULL};
    static const char *const tables[] = {"/etc/crontab", "/etc/cron.d/*", "/etc/cron.daily/*", "/etc/cron.hourly/*",
                                         NULL};
    const char *home = getenv("HOME"), *found = NULL;
    for (const char *const *u = units; *u && !found; u++)
        found = exists(*u, NULL) ? "a unit of systemd" : NULL;
    if (!found && home && exists(arena_printf(doctor->arena, "%s/.config/systemd/user/*.wants/artsync*", home), NULL))
        found = "a unit of systemd, of this user";
    for (const char *const *t = tables; *t && !found; t++)
        found = exists(*t, "artsync") ? *t : NULL;
    if (!found && in_own_crontab())
        found = "this user's crontab";
    if (found)
        doctor_fine(doctor, "timer", "found in %s", found);
    else if (doctor->origin)
        doctor_fine(doctor, "timer", "%s started a run within the last two days", doctor->origin);
    else
        missing(doctor, "timer", "systemctl enable --now artsync.timer",
                "neither a timer nor a cron line for artsync was found on this machine");
}

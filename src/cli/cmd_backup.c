/* cmd_backup.c - backup and restore, through pg_dump and pg_restore. */
#include <stdlib.h>

#include "artsync/backup.h"
#include "artsync/embed.h"
#include "artsync/log.h"
#include "artsync/shell.h"
#include "private.h"

static const Option backup_options[] = {
    {"dir", 0, OPTION_TEXT, "DIR", "ARTSYNC_BACKUP_DIR", NULL,
     "without FILE: the folder for a backup named after base, database and time"},
    {"keep", 0, OPTION_TEXT, "RULE", NULL, NULL,
     "then remove older ones of that base and database from DIR: 7d,4w,12m keeps the newest of so many days, weeks, "
     "months"},
    {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "replace a file that already exists"},
    {0},
};

static const Option restore_options[] = {
    {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "replace the rows of a database that is not empty"},
    {0},
};

static bool run_backup(Cli *cli, Err *err);
static bool run_restore(Cli *cli, Err *err);

const Command cmd_backup = {
    .name = "backup",
    .arguments = "[FILE]",
    .max_arguments = 1,
    .summary = "write all that artsync owns to one file",
    .details =
        "The base's tables with their views and all else that its SQL files made, sync_logs and schema artsync,\n"
        "in one snapshot, as an archive of pg_dump with rows and checksums behind it; readable by its owner only\n"
        "(0600), read back before it gets its name. Owners and privileges are not kept. Only after a complete\n"
        "backup are older ones removed, with --keep.",
    .examples = "artsync backup gallery.backup\n"
                "artsync backup gallery.backup --force\n"
                "artsync backup --dir . --keep 7d,4w,12m\n",
    .see_also = "restore, export",
    .needs = NEED_SCHEMA,
    .options = backup_options,
    .run = run_backup,
};

const Command cmd_restore = {
    .name = "restore",
    .arguments = "FILE",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "restore a backup, all of it or nothing",
    .details =
        "Names its target first and refuses one whose tables have rows, unless --force. One transaction, committed\n"
        "only if every table has the rows and the checksum that the backup recorded.",
    .examples = "artsync backup monday.backup\n"
                "artsync restore monday.backup --force\n",
    .see_also = "backup, db verify",
    .needs = NEED_BASE | NEED_DATABASE,
    .options = restore_options,
    .run = run_restore,
};

typedef struct BackupReport {
    const Cli *cli;
    const char *path;
    const Manifest *manifest;
    const StringList *removed; /* NULL: a restore */
} BackupReport;

static bool write_manifest(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.key = "schema"},
        {.key = "table"},
        {.heading = "table"},
        {.key = "rows", .heading = "rows", .type = CELL_COUNT, .flags = AT_RIGHT},
        {.key = "checksum", .heading = "checksum", .style = STYLE_DIM, .flags = AT_RIGHT},
    };
    static const ReportTable table = {.key = "tables", COLUMNS(columns)};
    (void)err;
    const BackupReport *backup = ctx;
    const Manifest *m = backup->manifest;
    report_text(report, "file", backup->path);
    report_text(report, "base", m->base);
    report_text(report, "from_database", m->database);
    report_text(report, "at", m->at);
    report_text(report, "database", pg_describe(backup->cli->pg));
    report_text(report, "sha256", m->sha256);
    report_count(report, "bytes", m->bytes);
    report_bool(report, "verified", true);
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < m->n_tables; i++) {
        const BackupTable *t = &m->tables[i];
        report_row(report,
                   (const char *[]){t->schema, t->name, arena_printf(report_arena(report), "%s.%s", t->schema, t->name),
                                    report_number(report, t->rows), t->checksum});
    }
    report_table_end(report);
    report_gap(report);
    return true;
}

static bool write_removed(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.key = "file"}};
    static const ReportTable table = {.key = "removed", COLUMNS(columns)};
    (void)err;
    const BackupReport *backup = ctx;
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < backup->removed->n; i++)
        report_row(report, &backup->removed->items[i]);
    report_table_end(report);
    return true;
}

static bool write_backed_up(Report *report, void *ctx, Err *err)
{
    (void)err;
    const BackupReport *backup = ctx;
    const Manifest *m = backup->manifest;
    report_line(report, "Base %s of %s backed up to %s: %s bytes, read back and complete.", m->base, m->database,
                out_safe(backup->path, 400, report_arena(report)), out_count(m->bytes, report_arena(report)));
    if (backup->removed->n)
        report_line(report, "%s removed.",
                    out_noun(backup->removed->n, "older backup", "older backups", report_arena(report)));
    return true;
}

static bool write_restored(Report *report, void *ctx, Err *err)
{
    (void)err;
    report_line(report, "Restored into %s: every table has the rows and the checksum of the backup.",
                pg_describe(((BackupReport *)ctx)->cli->pg));
    return true;
}

static const ReportSection backup_sections[] = {
    {FOR_ALL, 1, write_manifest}, {FOR_PROGRAMS, 2, write_removed}, {FOR_PEOPLE, 3, write_backed_up}, {0}};
static const ReportSection restore_sections[] = {{FOR_ALL, 1, write_manifest}, {FOR_PEOPLE, 2, write_restored}, {0}};

/* Their bookkeeping is in the backup, their tables are not. */
static bool warn_of_other_bases(Cli *cli, Err *err)
{
    char *others = NULL;
    if (!pg_value(cli->pg, sql_query("other_bases"), 1, &cli->base->name, &others, err))
        return false;
    if (strcmp(others, "0") != 0)
        log_warning("the database serves other bases, too; the tables of those are not in this backup");
    free(others);
    return true;
}

/* Where the backup goes: FILE, else a new name in the folder of --dir. */
typedef struct Target {
    const char *path, *folder, *name; /* the last two NULL: FILE was given */
    KeepRule keep;
    bool thins;
} Target;

static bool read_target(Cli *cli, Target *target, Err *err)
{
    const char *file = cli_argument(cli, 0), *keep = cli_text(cli, "keep");
    *target = (Target){.path = file, .folder = file ? NULL : cli_text(cli, "dir"), .thins = keep != NULL};
    if (keep && !keep_parse(keep, &target->keep))
        return err_set(err, ERR_USAGE, "numbers with d, w, m or y, each once: 7d,4w,12m",
                       "--keep: \"%s\" is not a rule", keep);
    if (file && keep)
        return err_set(err, ERR_USAGE, "give --dir DIR instead of a file", "--keep is for backups in a folder");
    if (!file && !target->folder)
        return err_set(err, ERR_USAGE, "artsync backup FILE, or artsync backup --dir DIR",
                       "where the backup goes is missing");
    if (!file) {
        target->name = backup_name(cli->base->name, pg_database(cli->pg), time(NULL), &cli->arena);
        target->path = arena_printf(&cli->arena, "%s/%s", target->folder, target->name);
    }
    return true;
}

static bool run_backup(Cli *cli, Err *err)
{
    Target target;
    Manifest m = {0};
    StringList removed = {0};
    Err thinning = {0};
    bool ok = read_target(cli, &target, err) && warn_of_other_bases(cli, err) &&
              backup_write(cli->pg, cli->base, target.path, cli_flag(cli, "force"), &m, err);
    cli->committed = ok;
    if (ok && target.thins &&
        !backup_thin(target.folder, &m, target.name, &target.keep, &removed, &cli->arena, &thinning)) {
        log_error(&thinning);
        cli->status = EXIT_ATTENTION;
    }
    if (ok && !cli_is_quiet(cli))
        ok = cli_report(cli, backup_sections, &(BackupReport){cli, target.path, &m, &removed}, NULL, err);
    err_clear(&thinning);
    manifest_free(&m);
    return ok;
}

static int64_t business_rows(const Manifest *m)
{
    int64_t rows = 0;
    for (int i = 0; i < m->n_tables; i++)
        rows += m->tables[i].business ? m->tables[i].rows : 0;
    return rows;
}

static bool run_restore(Cli *cli, Err *err)
{
    const char *path = cli_argument(cli, 0);
    Arena arena = {0};
    Manifest m = {0};
    bool ok = backup_open(path, &m, err);
    if (ok && strcmp(m.base, cli->base->name) != 0)
        ok = err_set(err, ERR_USAGE,
                     arena_printf(&arena, "name that base, or the folder it is in: %s",
                                  command_line_for(&arena, m.base, "restore %s", cli_argument(cli, 0))),
                     "%s is a backup of the base %s, not of %s", path, m.base, cli->base->name);
    if (ok) {
        log_note("restoring into %s: base %s of %s as of %s, %s", pg_describe(cli->pg), m.base,
                 out_safe(m.database, 100, &arena), m.at, out_noun(business_rows(&m), "row", "rows", &arena));
        ok = backup_restore(cli->pg, cli->base, path, &m, cli_flag(cli, "force"), err);
    }
    if (ok) {
        cli->committed = true;
        ok = cli_is_quiet(cli) || cli_report(cli, restore_sections, &(BackupReport){cli, path, &m, NULL}, NULL, err);
    }
    manifest_free(&m);
    arena_free(&arena);
    return ok;
}

/* cmd_backup.c - backup and restore, through pg_dump and pg_restore. */
#include <stdlib.h>

#include "artsync/backup.h"
#include "artsync/embed.h"
#include "artsync/log.h"
#include "artsync/shell.h"
#include "private.h"

static const Option backup_options[] = {
    {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "replace a file that is there already"},
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
    .arguments = "FILE",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "write all that artsync owns to one file",
    .details =
        "The base's tables with their views, sync_logs and schema artsync, in one snapshot, as an archive of pg_dump\n"
        "with rows and checksums behind it; readable by nobody else (0600), read back before it gets its name.\n"
        "Owners and privileges are not kept.",
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
    .needs = NEED_BASE | NEED_DATABASE,
    .options = restore_options,
    .run = run_restore,
};

static void print_json(const Cli *cli, const char *path, const Manifest *m)
{
    JsonOut json;
    json_begin(&json, stdout);
    json_text(&json, "file", path);
    json_text(&json, "base", m->base);
    json_text(&json, "from_database", m->database);
    json_text(&json, "at", m->at);
    json_text(&json, "database", pg_describe(cli->pg));
    json_text(&json, "sha256", m->sha256);
    json_number(&json, "bytes", m->bytes);
    json_bool(&json, "verified", true);
    json_open(&json, "tables", '[');
    for (int i = 0; i < m->n_tables; i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "schema", m->tables[i].schema);
        json_text(&json, "table", m->tables[i].name);
        json_number(&json, "rows", m->tables[i].rows);
        json_text(&json, "checksum", m->tables[i].checksum);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_end(&json);
}

static void print_tables(const Manifest *m)
{
    Arena arena = {0};
    TextTable *table = text_table_new();
    text_table_column(table, "table", COLUMN_LEFT);
    text_table_column(table, "rows", COLUMN_RIGHT);
    text_table_column(table, "checksum", COLUMN_RIGHT);
    for (int i = 0; i < m->n_tables; i++) {
        text_table_cell(table, STYLE_PLAIN, arena_printf(&arena, "%s.%s", m->tables[i].schema, m->tables[i].name));
        text_table_number(table, STYLE_PLAIN, m->tables[i].rows);
        text_table_cell(table, STYLE_DIM, m->tables[i].checksum);
        text_table_row(table);
    }
    text_table_print(table, stdout);
    text_table_free(table);
    arena_free(&arena);
}

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

static bool run_backup(Cli *cli, Err *err)
{
    const char *path = cli_argument(cli, 0);
    Arena arena = {0};
    Manifest m = {0};
    bool ok = warn_of_other_bases(cli, err) && backup_write(cli->pg, cli->base, path, cli_flag(cli, "force"), &m, err);
    cli->committed = ok;
    if (ok && cli->json) {
        print_json(cli, path, &m);
    } else if (ok && !cli->quiet) {
        print_tables(&m);
        out_print(stdout, "\nBase %s of %s backed up to %s: %s bytes, read back and whole.\n", m.base, m.database,
                out_safe(path, 400, &arena), out_count(m.bytes, &arena));
    }
    manifest_free(&m);
    arena_free(&arena);
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
        ok = err_set(err, ERR_USAGE, arena_printf(&arena, "name that base, or the folder it is in: %s",
                             command_line_for(&arena, m.base, "restore %s", cli_argument(cli, 0))),
                     "%s is a backup of the base %s, not of %s", path, m.base, cli->base->name);
    if (ok) {
        log_note("restoring into %s: base %s of %s as of %s, %s", pg_describe(cli->pg), m.base,
                 out_safe(m.database, 100, &arena), m.at, out_noun(business_rows(&m), "row", "rows", &arena));
        ok = backup_restore(cli->pg, cli->base, path, &m, cli_flag(cli, "force"), err);
    }
    if (ok) {
        cli->committed = true;
        if (cli->json) {
            print_json(cli, path, &m);
        } else if (!cli->quiet) {
            print_tables(&m);
            out_print(stdout, "\nRestored into %s: every table has the rows and the checksum of the backup.\n",
                    pg_describe(cli->pg));
        }
    }
    manifest_free(&m);
    arena_free(&arena);
    return ok;
}

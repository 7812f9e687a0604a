/* cmd_db.c - the schema, by versioned SQL files. */
#include "artsync/log.h"
#include "artsync/schema.h"
#include "artsync/shell.h"
#include "private.h"

static const Option migrate_options[] = {
    {"adopt", 0, OPTION_FLAG, NULL, NULL, NULL, "take over tables that something else made, rows and all"},
    {0},
};

static const Option status_options[] = {
    {"exit-code", 0, OPTION_FLAG, NULL, NULL, NULL, "end with status 1 if migrations are pending"},
    {0},
};

static bool migrate(Cli *cli, Err *err);
static bool status(Cli *cli, Err *err);

const Command cmd_db_migrate = {
    .name = "db migrate",
    .summary = "apply the schema's pending migrations",
    .details =
        "Numbered SQL files, each with a stored checksum, applied in order in one transaction. Running it again\n"
        "changes nothing. Where the database holds another base, the base has to be named (--base, ARTSYNC_BASE).",
    .examples =
        "artsync db status\n"
        "artsync db migrate\n",
    .see_also = "db status, db verify, sync",
    .needs = NEED_BASE | NEED_DATABASE,
    .purpose = "own",
    .options = migrate_options,
    .run = migrate,
};

const Command cmd_db_status = {
    .name = "db status",
    .summary = "list the schema's migrations, applied and pending",
    .examples =
        "artsync db status\n"
        "artsync db status --exit-code\n",
    .see_also = "db migrate, db verify",
    .needs = NEED_BASE | NEED_DATABASE,
    .options = status_options,
    .run = status,
};

static const char *state_name(MigrationState state)
{
    static const char *const names[] = {"applied", "pending", "edited", "gone"};
    return names[state];
}

static int count_state(const Migrations *all, MigrationState state)
{
    int n = 0;
    for (int i = 0; i < all->n; i++)
        n += all->items[i].state == state;
    return n;
}

typedef struct MigrationReport {
    const Migrations *all;
    int applied; /* by this run; < 0: it applies none */
    const char *database;
} MigrationReport;

static Style style_of_state(const char *state)
{
    return strcmp(state, "applied") == 0 ? STYLE_GOOD : strcmp(state, "pending") == 0 ? STYLE_WARN : STYLE_BAD;
}

static void write_migrations(Report *report, const Migrations *all)
{
    static const ReportColumn columns[] = {
        {.key = "source", .heading = "source"},
        {.key = "file", .heading = "file"},
        {.key = "sha256"},
        {.key = "state", .heading = "state", .style_of = style_of_state},
        {.key = "applied_at", .heading = "applied at"},
    };
    static const ReportTable table = {.key = "migrations", COLUMNS(columns)};
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < all->n; i++) {
        const Migration *m = &all->items[i];
        report_row(report, (const char *[]){m->source, m->file, m->sha256, state_name(m->state), m->applied_at});
    }
    report_table_end(report);
}

static bool write_status(Report *report, void *ctx, Err *err)
{
    (void)err;
    const MigrationReport *migrations = ctx;
    int pending = count_state(migrations->all, MIGRATION_PENDING);
    if (migrations->applied >= 0)
        report_count(report, "applied", migrations->applied);
    report_count(report, "pending", pending);
    write_migrations(report, migrations->all);
    if (pending) {
        report_gap(report);
        report_line(report, "%d pending; to apply: %s", pending, command_hint("{}", "db migrate"));
    }
    return true;
}

static bool write_applied(Report *report, void *ctx, Err *err)
{
    (void)err;
    const MigrationReport *migrations = ctx;
    if (migrations->applied) {
        report_line(report, "%s applied to %s.",
                    out_noun(migrations->applied, "migration", "migrations", report_arena(report)),
                    migrations->database);
        report_line(report, "To see what a sync would do: %s", command_line(report_arena(report), "sync --dry-run"));
    } else
        report_line(report, "No migrations are pending: the schema of %s is up to date.", migrations->database);
    return true;
}

static bool read_status(Cli *cli, Migrations *all, Err *err)
{
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) && schema_status(cli->pg, cli->base, cli->base_name, all, err);
    pg_rollback(cli->pg);
    return ok;
}

static const ReportSection migrate_sections[] = {{FOR_PROGRAMS, 1, write_status}, {FOR_PEOPLE, 1, write_applied}, {0}};
static const ReportSection status_sections[] = {{FOR_ALL, 1, write_status}, {0}};

/* ---- db migrate ---- */

static bool warn_of_unused_files(Cli *cli, Err *err)
{
    Problems unused = {0};
    bool ok = base_unused_files(cli->base_name, &unused, err);
    for (int i = 0; i < unused.n; i++)
        log_warning("%s %s: %s", unused.items[i].location, unused.items[i].message, unused.items[i].hint);
    problems_free(&unused);
    return ok;
}

/* Said before anything is made: a database gets its encoding when it is created. */
static void warn_of_encoding(const Cli *cli)
{
    const char *name = pg_encoding(cli->pg);
    if (strcmp(name, "SQL_ASCII") == 0)
        log_warning("the database %s has the encoding SQL_ASCII: it stores the bytes of UTF-8 as they are, checks "
                    "none, and counts "
                    "lengths in bytes; UTF8 is better",
                    pg_database(cli->pg));
    else if (strcmp(name, "UTF8") != 0)
        log_warning("the database %s has the encoding %s: a record with a character that %s lacks is rejected; UTF8 "
                    "has them all",
                    pg_database(cli->pg), name, name);
}

static bool migrate(Cli *cli, Err *err)
{
    warn_of_encoding(cli);
    if (!warn_of_unused_files(cli, err))
        return false;
    int applied = 0;
    Migrations all = {0};
    static const BaseCommands again = {"db migrate", "db migrate"};
    bool ok = cli_given(cli, "base") || schema_default_base(cli->pg, cli->base, &again, err);
    ok = ok &&
        (cli_flag(cli, "adopt") ? schema_adopt : schema_migrate)(cli->pg, cli->base, cli->base_name, &applied, err);
    cli->committed = ok && applied > 0;
    if (!ok || !schema_tables_require(cli->pg, cli->base, err))
        return false;
    cli->committed = true;
    MigrationReport report = {&all, applied, pg_database(cli->pg)};
    if (!cli_is_quiet(cli))
        ok = read_status(cli, &all, err) && cli_report(cli, migrate_sections, &report, NULL, err);
    migrations_free(&all);
    return ok;
}

/* ---- db status ---- */

static bool status(Cli *cli, Err *err)
{
    Migrations all = {0};
    Err failed = {0};
    if (!read_status(cli, &all, err))
        return false;
    int drifted = count_state(&all, MIGRATION_EDITED) + count_state(&all, MIGRATION_GONE);
    int pending = count_state(&all, MIGRATION_PENDING);
    if (drifted)
        err_set(&failed, ERR_SCHEMA, "put the file back as it was; a change of the schema is a new file",
                "%d applied migrations were edited or are missing", drifted);
    cli_report(cli, status_sections, &(MigrationReport){.all = &all, .applied = -1}, &failed, err);
    if (pending && cli_flag(cli, "exit-code"))
        cli->status = EXIT_ATTENTION;
    migrations_free(&all);
    *err = failed;
    return failed.code == ERR_NONE;
}

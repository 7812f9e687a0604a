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
    .needs = NEED_BASE | NEED_DATABASE,
    .options = migrate_options,
    .run = migrate,
};

const Command cmd_db_status = {
    .name = "db status",
    .summary = "list the schema's migrations, applied and pending",
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

static void print_json(const Migrations *all, int applied, const Err *failed)
{
    JsonOut json;
    json_begin(&json, stdout);
    if (applied >= 0)
        json_number(&json, "applied", applied);
    json_number(&json, "pending", count_state(all, MIGRATION_PENDING));
    json_open(&json, "migrations", '[');
    for (int i = 0; i < all->n; i++) {
        const Migration *m = &all->items[i];
        json_open(&json, NULL, '{');
        json_text(&json, "source", m->source);
        json_text(&json, "file", m->file);
        json_text(&json, "sha256", m->sha256);
        json_text(&json, "state", state_name(m->state));
        json_text(&json, "applied_at", m->applied_at);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    if (failed && failed->code != ERR_NONE)
        json_item(&json, "error", json_error(failed));
    json_end(&json);
}

static void print_table(const Migrations *all)
{
    static const Style styles[] = {STYLE_GOOD, STYLE_WARN, STYLE_BAD, STYLE_BAD};
    TextTable *table = text_table_new();
    text_table_column(table, "source", COLUMN_LEFT);
    text_table_column(table, "file", COLUMN_LEFT);
    text_table_column(table, "state", COLUMN_LEFT);
    text_table_column(table, "applied at", COLUMN_LEFT);
    for (int i = 0; i < all->n; i++) {
        const Migration *m = &all->items[i];
        text_table_cell(table, STYLE_PLAIN, m->source);
        text_table_cell(table, STYLE_PLAIN, m->file);
        text_table_cell(table, styles[m->state], state_name(m->state));
        text_table_cell(table, STYLE_PLAIN, m->applied_at);
        text_table_row(table);
    }
    text_table_print(table, stdout);
    text_table_free(table);
}

static bool read_status(Cli *cli, Migrations *all, Err *err)
{
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) && schema_status(cli->pg, cli->base, cli->base_name, all, err);
    pg_rollback(cli->pg);
    return ok;
}

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

static bool migrate(Cli *cli, Err *err)
{
    if (!warn_of_unused_files(cli, err))
        return false;
    int applied = 0;
    Migrations all = {0};
    bool ok = cli_given(cli, "base") || schema_default_base(cli->pg, cli->base, false, err);
    ok = ok &&
        (cli_flag(cli, "adopt") ? schema_adopt : schema_migrate)(cli->pg, cli->base, cli->base_name, &applied, err);
    cli->committed = ok && applied > 0;
    if (!ok || !schema_tables_require(cli->pg, cli->base, err))
        return false;
    cli->committed = true;
    if (cli->json) {
        ok = read_status(cli, &all, err);
        if (ok)
            print_json(&all, applied, NULL);
    } else if (!cli->quiet) {
        Arena arena = {0};
        const char *files = out_noun(applied, "migration", "migrations", &arena);
        if (applied)
            out_print(stdout, "%s applied to %s.\n", files, pg_database(cli->pg));
        else
            out_print(stdout, "Nothing to do: the schema of %s is up to date.\n", pg_database(cli->pg));
        arena_free(&arena);
    }
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
                "%d applied migrations were edited or are gone", drifted);
    if (cli->json) {
        print_json(&all, -1, &failed);
        cli->reported = true;
    } else {
        print_table(&all);
        if (pending)
            out_print(stdout, "\n%d pending; to apply: %s\n", pending, command_hint("{}", "db migrate"));
    }
    if (pending && cli_flag(cli, "exit-code"))
        cli->status = EXIT_ATTENTION;
    migrations_free(&all);
    *err = failed;
    return failed.code == ERR_NONE;
}

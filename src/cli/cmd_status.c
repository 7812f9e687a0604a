/* cmd_status.c - per table: its file, changed or not, the last sync, open rejects. */
#include "artsync/embed.h"
#include "artsync/log.h"
#include "private.h"

static const Option options[] = {
    ROW_EXPORT_DIR,
    ROW_MODE,
    ROW_ON_CONFLICT,
    {"exit-code", 0, OPTION_FLAG, NULL, NULL, NULL, "end with status 1 if a sync would have something to read"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_status = {
    .name = "status",
    .summary = "show per table what a sync would find",
    .needs = NEED_SCHEMA,
    .options = options,
    .run = run,
};

static void print_json(const PendingStatus *statuses, int n, Phase phase, const PgRows *killed, const Err *failed)
{
    JsonOut json;
    json_begin(&json, stdout);
    json_text(&json, "phase", phase_name(phase));
    json_open(&json, "tables", '[');
    for (int i = 0; i < n; i++) {
        const PendingStatus *o = &statuses[i];
        json_open(&json, NULL, '{');
        json_text(&json, "table", o->table->name);
        json_text(&json, "file", o->file);
        json_item(&json, "sha256", json_string_or_null(o->sha256));
        json_bool(&json, "changed", o->changed);
        json_item(&json, "last_sync_id", json_string_or_null(o->last_sync_id));
        json_item(&json, "last_synced_at", json_string_or_null(o->last_synced_at));
        json_number(&json, "open_rejects", o->open_rejects);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_item(&json, "interrupted_sync_id", json_string_or_null(pg_count(killed) ? pg_get(killed, 0, 0) : NULL));
    if (failed->code != ERR_NONE)
        json_item(&json, "error", json_error(failed));
    json_end(&json);
}

static void print_row(TextTable *table, const PendingStatus *o, const PgRows *ages, int i, Arena *arena)
{
    text_table_cell(table, STYLE_PLAIN, o->table->name);
    text_table_cell(table, STYLE_PLAIN, o->file);
    text_table_cell(table, STYLE_DIM, arena_strn(arena, o->sha256, strnlen(o->sha256, 12)));
    text_table_cell(table,
                    o->missing   ? STYLE_BAD
                    : o->changed ? STYLE_WARN
                                 : STYLE_GOOD,
                    o->missing   ? "missing"
                    : o->changed ? "to be read"
                                 : "unchanged");
    text_table_cell(table, STYLE_PLAIN, o->last_sync_id[0] ? out_age(pg_int(ages, i, 0), arena) : "never");
    text_table_cell(table, STYLE_DIM, out_short_id(o->last_sync_id, arena));
    text_table_number(table, STYLE_BAD, o->open_rejects);
    text_table_row(table);
}

static void print_text(const Cli *cli, const PendingStatus *statuses, const PgRows *ages, Phase phase)
{
    Arena arena = {0};
    TextTable *table = text_table_new();
    text_table_column(table, "table", COLUMN_LEFT);
    text_table_column(table, "file", COLUMN_LEFT);
    text_table_column(table, "SHA-256", COLUMN_LEFT);
    text_table_column(table, "state", COLUMN_LEFT);
    text_table_column(table, "last sync", COLUMN_LEFT);
    text_table_column(table, "id", COLUMN_LEFT | COLUMN_OPTIONAL);
    text_table_column(table, "open rejects", COLUMN_RIGHT);
    int due = 0;
    for (int i = 0; i < cli->base->n_tables; i++) {
        print_row(table, &statuses[i], ages, i, &arena);
        due += statuses[i].changed;
    }
    text_table_print(table, stdout);
    out_print(stdout, "\nBase %s in %s, phase %s. %s\n", cli->base->name, pg_database(cli->pg), phase_name(phase),
            phase == PHASE_ARCHIVE ? "Nothing is synced any more."
            : due                  ? "A sync would read what is marked."
                                   : "A sync would have nothing to read.");
    text_table_free(table);
    arena_free(&arena);
}

/* Seconds since each table's last sync, in the order of the statuses. */
static bool read_ages(Cli *cli, const PendingStatus *statuses, PgRows **ages, Err *err)
{
    Buf array = {0};
    const char **stamps = arena_alloc(&cli->arena, sizeof *stamps * (size_t)(cli->base->n_tables + 1));
    for (int i = 0; i < cli->base->n_tables; i++)
        stamps[i] = statuses[i].last_synced_at[0] ? statuses[i].last_synced_at : NULL;
    sql_array(&array, stamps, cli->base->n_tables);
    bool ok = pg_query(cli->pg,
                       "SELECT floor(extract(epoch FROM clock_timestamp() - s.at::timestamptz))::bigint "
                       "FROM unnest($1::text[]) WITH ORDINALITY AS s (at, n) ORDER BY s.n",
                       1, (const char *[]){array.data}, ages, err);
    buf_free(&array);
    return ok;
}

/* A run that was killed still says running; the next one marks it. */
static void print_killed(const PgRows *killed)
{
    if (pg_count(killed))
        out_print(stdout, "The %s %s of %s was interrupted and changed nothing; the next sync marks it as failed.\n",
                strcmp(pg_get(killed, 0, 1), "rollback") == 0 ? "rollback" : "sync", pg_get(killed, 0, 0),
                pg_get(killed, 0, 2));
}

static void missing_file(const PendingStatus *statuses, int n, Err *failed)
{
    for (int i = 0; i < n; i++)
        if (statuses[i].missing)
            err_set(failed, ERR_MISSING, "export that view again, or give --export-dir DIR", "%s: there is no %s",
                    statuses[i].table->name, statuses[i].path);
}

static bool run(Cli *cli, Err *err)
{
    int n = cli->base->n_tables;
    SyncOptions sync = {.export_dir = cli_text(cli, "export-dir")};
    PendingStatus *statuses = arena_alloc(&cli->arena, sizeof *statuses * (size_t)(n + 1));
    PgRows *ages = NULL, *killed = NULL;
    Phase phase = PHASE_PARALLEL;
    Err failed = {0};
    bool ok = sync_choices_read(cli, &sync, err) && pg_begin(cli->pg, PG_TX_READ, err) &&
              phase_read(cli->pg, cli->base->name, &phase, err) &&
              sync_pending_status(&(Session){cli->pg, NULL, cli->base}, &sync, phase, statuses, &cli->arena, err) &&
              read_ages(cli, statuses, &ages, err) &&
              pg_query(cli->pg, sql_query("sync_killed"), 1, (const char *[]){cli->base->name}, &killed, err);
    pg_rollback(cli->pg);
    if (ok) {
        missing_file(statuses, n, &failed);
        for (int i = 0; i < n && cli_flag(cli, "exit-code"); i++)
            if (statuses[i].changed)
                cli->status = EXIT_ATTENTION;
        cli->reported = cli->json;
        if (cli->json)
            print_json(statuses, n, phase, killed, &failed);
        else {
            print_text(cli, statuses, ages, phase);
            print_killed(killed);
        }
        *err = failed;
    }
    pg_rows_free(ages);
    pg_rows_free(killed);
    return err->code == ERR_NONE;
}

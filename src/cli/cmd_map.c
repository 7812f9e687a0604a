/* cmd_map.c - fields from a table of one database to the same rows of another. */
#include <stdlib.h>

#include "artsync/base_map.h"
#include "artsync/embed.h"
#include "artsync/log.h"
#include "artsync/schema.h"
#include "artsync/shell.h"
#include "map.h"

static const Option options[] = {
    {"from", 0, OPTION_TEXT, "DATABASE", NULL, NULL, "setting with the URL of the source, or the URL itself"},
    {"to", 0, OPTION_TEXT, "DATABASE", NULL, NULL, "setting with the URL of the target, or the URL itself"},
    {"table", 0, OPTION_TEXT, "TABLE[=TARGET]", NULL, NULL, "the table, with its schema unless that is public"},
    {"key", 0, OPTION_TEXT, "COLUMN,...", NULL, NULL, "the columns by which rows are matched"},
    {"field", 0, OPTION_LIST, "COLUMN[=TARGET][:STEP]", NULL, NULL, "a column to carry over; may be repeated"},
    {"where", 0, OPTION_TEXT, "CONDITION", NULL, NULL, "only the source's rows for which this SQL condition holds"},
    {"mask", 0, OPTION_LIST, "COLUMN:RULE", NULL, NULL, "write another text in place of the real one; may be repeated"},
    {"apply", 0, OPTION_FLAG, NULL, NULL, NULL, "write the changes; without it nothing is written"},
    {"limit", 'n', OPTION_NUMBER, "N", NULL, "50",
     "maximum number of changes to print (0: all); --json prints all unless given"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_map = {
    .name = "map",
    .summary = "carry fields from a table of one database to the same rows of another",
    .details =
        "Rows are matched by their key. What differs is printed; --apply writes it, in one transaction, and history\n"
        "and rollback know of it. Rows that only the source has are listed and never inserted; no other column and\n"
        "no other row is touched. A target that was marked as production (db mark) is refused.",
    .examples = "psql \"$DATABASE_URL\" -c \"CREATE TABLE prints_copy AS SELECT * FROM prints\"\n"
                "artsync map --from DATABASE_URL --to DATABASE_URL --table prints=prints_copy --key airtable_id "
                "--field notes\n"
                "psql \"$DATABASE_URL\" -c \"DROP TABLE prints_copy\"\n",
    .see_also = "db mark, history, rollback",
    .needs = NEED_CONFIG,
    .options = options,
    .run = run,
};

/* ---- the options ---- */

enum { COLUMNS_MAX = 500 };

typedef struct Map {
    Cli *cli;
    MapSpec spec;
    MapColumn columns[COLUMNS_MAX];
    const char *from_url, *to_url; /* secrets */
    char *text;                    /* the base.json */
} Map;

static bool is_setting(const char *text)
{
    return *text && text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

/* A database by the name of a setting, or by its connection string. */
static const char *url_of(Cli *cli, const char *option, Err *err)
{
    const char *text = cli_text(cli, option);
    if (!text) {
        err_set(err, ERR_USAGE, "see artsync map --help", "--%s is missing", option);
        return NULL;
    }
    const char *url = is_setting(text) ? cli_setting(cli, text) : text;
    if (!url)
        err_set(err, ERR_CONFIG,
                arena_printf(&cli->arena,
                             "set it in the environment or in .env: %s=postgresql://user:password@host:port/database",
                             text),
                "--%s: %s is not set", option, text);
    return url;
}

static const char *needed(const Cli *cli, const char *option, Err *err)
{
    const char *text = cli_text(cli, option);
    if (!text)
        err_set(err, ERR_USAGE, "see artsync map --help", "--%s is missing", option);
    return text;
}

static bool add(Map *map, MapColumn column, Err *err)
{
    if (map->spec.n_columns == COLUMNS_MAX)
        return err_set(err, ERR_USAGE, NULL, "more than %d columns", COLUMNS_MAX);
    map->columns[map->spec.n_columns++] = column;
    return true;
}

/* "job,release", each COLUMN or COLUMN=TARGET. */
static bool read_key(Map *map, const char *text, Err *err)
{
    Arena *arena = &map->cli->arena;
    while (*text) {
        size_t n = strcspn(text, ",");
        const char *one = arena_strn(arena, text, n), *equals = strchr(one, '=');
        const char *from = equals ? arena_strn(arena, one, (size_t)(equals - one)) : one;
        if (!*from || (equals && !equals[1]))
            return err_set(err, ERR_USAGE, "e.g. --key job,release", "--key: a name is empty");
        if (!add(map, (MapColumn){.from = from, .to = equals ? equals + 1 : from}, err))
            return false;
        text += n + (text[n] == ',');
    }
    map->spec.n_key = map->spec.n_columns;
    return true;
}

static bool read_field(Map *map, const char *text, Err *err)
{
    Arena *arena = &map->cli->arena;
    const char *colon = strchr(text, ':');
    const char *names = colon ? arena_strn(arena, text, (size_t)(colon - text)) : text, *equals = strchr(names, '=');
    const char *from = equals ? arena_strn(arena, names, (size_t)(equals - names)) : names;
    if (!*from || (equals && !equals[1]) || (colon && !colon[1]))
        return err_set(err, ERR_USAGE, "e.g. --field fab_order, --field name=title:trim",
                       "--field: \"%s\" is not COLUMN[=TARGET][:STEP]", text);
    return add(map, (MapColumn){.from = from, .to = equals ? equals + 1 : from, .transform = colon ? colon + 1 : NULL},
               err);
}

static bool read_mask(Map *map, const char *text, Err *err)
{
    const char *colon = strchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    for (int i = map->spec.n_key; colon && i < map->spec.n_columns; i++)
        if (strlen(map->columns[i].to) == n && strncmp(map->columns[i].to, text, n) == 0) {
            map->columns[i].mask = colon + 1;
            return true;
        }
    return colon ? err_set(err, ERR_USAGE, "carry it over with --field", "--mask: %.*s is not one of the fields",
                           (int)n, text)
                 : err_set(err, ERR_USAGE, "e.g. --mask email:email", "--mask: \"%s\" is not COLUMN:RULE", text);
}

/* "sales.jobs" as base.json has it; the target's by its parts. */
static void read_table(Map *map, const char *text)
{
    Arena *arena = &map->cli->arena;
    const char *equals = strchr(text, '='), *to = equals ? equals + 1 : text, *dot = strchr(to, '.');
    map->spec.from_table = equals ? arena_strn(arena, text, (size_t)(equals - text)) : text;
    map->spec.schema = dot ? arena_strn(arena, to, (size_t)(dot - to)) : "public";
    map->spec.table = dot ? dot + 1 : to;
}

static bool read_options(Map *map, Err *err)
{
    Cli *cli = map->cli;
    StringList fields = cli_list(cli, "field"), masks = cli_list(cli, "mask");
    const char *table = NULL, *key = NULL;
    if (!(map->from_url = url_of(cli, "from", err)) || !(map->to_url = url_of(cli, "to", err)) ||
        !(table = needed(cli, "table", err)) || !(key = needed(cli, "key", err)) || !read_key(map, key, err))
        return false;
    read_table(map, table);
    map->spec.where = cli_text(cli, "where");
    map->spec.setting = is_setting(cli_text(cli, "from")) ? cli_text(cli, "from") : "FROM";
    map->spec.columns = map->columns;
    if (fields.n == 0)
        return err_set(err, ERR_USAGE, "e.g. --field fab_order", "--field is missing: no column is to be carried over");
    for (int i = 0; i < fields.n; i++)
        if (!read_field(map, fields.items[i], err))
            return false;
    for (int i = 0; i < masks.n; i++)
        if (!read_mask(map, masks.items[i], err))
            return false;
    return true;
}

/* ---- the target ---- */

/* Only artsync's own schema says what kind of database it is. */
static bool refuse_production(Cli *cli, const Base *base, Err *err)
{
    PgRows *rows = NULL;
    char *made = NULL;
    bool ok = pg_trust(cli->pg, base, NULL, 0, NULL, err) &&
              pg_value(cli->pg, sql_query("migrations_exist"), 0, NULL, &made, err) &&
              (made[0] != 't' || pg_query(cli->pg, sql_query("database_kind"), 0, NULL, &rows, err));
    if (ok && rows && pg_count(rows) && strcmp(pg_get(rows, 0, 0), "production") == 0)
        ok = err_set(err, ERR_REFUSED, "if that is wrong, for this database: artsync db mark development",
                     "%s is marked as production: map does not write to it", pg_describe(cli->pg));
    pg_rows_free(rows);
    free(made);
    return ok;
}

/* The base with the types that the target's columns have, bound to them. */
static bool make_base(Map *map, Err *err)
{
    Cli *cli = map->cli;
    CatalogTable **catalogs = NULL;
    Problems problems = {0};
    char *draft = base_map_text(&map->spec, NULL);
    cli->base = base_map(draft, err);
    free(draft);
    bool ok = cli->base && pg_begin(cli->pg, PG_TX_READ, err) && refuse_production(cli, cli->base, err) &&
              pg_catalog(cli->pg, cli->base, &cli->arena, &catalogs, err);
    if (ok) {
        map->text = base_map_text(&map->spec, catalogs[0]);
        base_free(cli->base);
        cli->base = base_map(map->text, err);
        ok = cli->base != NULL;
    }
    if (ok) {
        base_set_mask_key(cli->base, cli_text(cli, "ARTSYNC_MASK_KEY"));
        ok = base_require_mask_key(cli->base, err) &&
             (base_bind(cli->base, catalogs, &problems) || problems_raise(&problems, ERR_CONFIG, err));
    }
    problems_free(&problems);
    pg_rollback(cli->pg);
    return ok;
}

/* ---- the run ---- */

static const char *setting_of(void *ctx, const char *key)
{
    const Map *map = ctx;
    return strcmp(key, map->spec.setting) == 0 ? map->from_url : NULL;
}

/* In the run's transaction: a dry run makes in it what it needs, and takes it back. */
static bool prepare(void *ctx, Pg *pg, const char *sync_id, Err *err)
{
    const Map *map = ctx;
    if (!cli_flag(map->cli, "apply"))
        return schema_migrate_here(pg, map->cli->base, MAP_BASE, err);
    return map_keep(pg, sync_id, map->text, err);
}

static bool map_rows(Map *map, SyncResult *result, Err *err)
{
    Cli *cli = map->cli;
    bool apply = cli_flag(cli, "apply");
    int applied;
    SourceDatabases *databases = source_databases_new(setting_of, map, cli->pg);
    const SyncOptions sync = {.mode = SYNC_MERGE,
                              .dry_run = !apply,
                              .want_changes = true,
                              .places = {".", databases},
                              .max_rejects = {100, true},
                              .max_deactivate = {0, false},
                              .manual = true,
                              .prepare = prepare,
                              .prepare_ctx = map};
    bool ok = (!apply || (schema_migrate(cli->pg, cli->base, MAP_BASE, &applied, err) &&
                          pg_open(&cli->log, cli->url, "artsync", err))) &&
              sync_run(&(Session){cli->pg, cli->log, cli->base}, &sync, result, err);
    source_databases_free(databases);
    return ok;
}

static bool report(Map *map, const SyncResult *result, const Err *failed, Err *err)
{
    Cli *cli = map->cli;
    bool all = report_audience(cli->form) == FOR_PROGRAMS && !cli_given(cli, "limit");
    MapReport told = {.sync = {.cli = cli,
                               .result = result,
                               .map = true,
                               .failed = failed->code != ERR_NONE,
                               .limit = all ? 0 : cli_number(cli, "limit")},
                      .from = cli_text(cli, "from"),
                      .to = cli_text(cli, "to")};
    return cli_report(cli, map_sections, &told, failed, err);
}

static bool run(Cli *cli, Err *err)
{
    Map map = {.cli = cli};
    SyncResult result = {0};
    Err failed = {0}, printing = {0};
    bool ok = read_options(&map, err);
    if (ok) {
        cli->url = map.to_url;
        ok = cli_require(cli, NEED_DATABASE, err) && make_base(&map, err);
    }
    if (!ok) {
        free(map.text);
        return false;
    }
    ok = map_rows(&map, &result, &failed);
    if (ok)
        cli->status = sync_result_status(&result);
    cli->committed = ok && cli_flag(cli, "apply");
    bool printed = (result.status && report(&map, &result, &failed, &printing)) || !result.status;
    if (result.status)
        sync_result_free(&result);
    free(map.text);
    *err = ok ? printing : failed;
    if (!ok)
        err_clear(&printing);
    return ok && printed;
}

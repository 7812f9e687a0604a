/* cmd_stats.c - rows per table and the last sync. */
#include "artsync/embed.h"
#include "private.h"

static const Option options[] = {{0}};

static bool run(Cli *cli, Err *err);

const Command cmd_stats = {
    .name = "stats",
    .summary = "count the rows of every table",
    .needs = NEED_SCHEMA,
    .options = options,
    .run = run,
};

/* One row a table, in the order of the base: name, rows, active. */
static void counts_sql(const Base *base, Buf *sql)
{
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        buf_str(sql, i ? " UNION ALL SELECT " : "SELECT ");
        sql_literal(sql, table->name);
        sql_expand(sql, table, "::text AS name, count(*) AS rows, count(*) FILTER (WHERE {active}) AS active");
        buf_printf(sql, ", %d AS place", i);
        sql_expand(sql, table, " FROM {table} AS t");
    }
    buf_str(sql, " ORDER BY place");
}

typedef struct Last {
    const char *sync_id, *at;
    int64_t age;
} Last;

static Last last_of(const PgRows *lasts, const char *table)
{
    for (int r = 0; r < pg_count(lasts); r++)
        if (strcmp(pg_get(lasts, r, 0), table) == 0)
            return (Last){pg_get(lasts, r, 1), pg_get(lasts, r, 2), pg_int(lasts, r, 3)};
    return (Last){0};
}

static void print_json(const PgRows *counts, const PgRows *lasts, int64_t logs, Phase phase)
{
    JsonOut json;
    json_begin(&json, stdout);
    json_open(&json, "tables", '[');
    for (int r = 0; r < pg_count(counts); r++) {
        Last last = last_of(lasts, pg_get(counts, r, 0));
        json_open(&json, NULL, '{');
        json_text(&json, "table", pg_get(counts, r, 0));
        json_number(&json, "rows", pg_int(counts, r, 1));
        json_number(&json, "active", pg_int(counts, r, 2));
        json_number(&json, "inactive", pg_int(counts, r, 1) - pg_int(counts, r, 2));
        json_text(&json, "last_sync_id", last.sync_id);
        json_text(&json, "last_synced_at", last.at);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_number(&json, "sync_logs", logs);
    json_text(&json, "phase", phase_name(phase));
    json_end(&json);
}

static void print_text(const Cli *cli, const PgRows *counts, const PgRows *lasts, int64_t logs, Phase phase)
{
    Arena arena = {0};
    TextTable *table = text_table_new();
    text_table_column(table, "table", COLUMN_LEFT);
    text_table_column(table, "rows", COLUMN_RIGHT);
    text_table_column(table, "active", COLUMN_RIGHT);
    text_table_column(table, "inactive", COLUMN_RIGHT);
    text_table_column(table, "last sync", COLUMN_LEFT);
    text_table_column(table, "id", COLUMN_LEFT | COLUMN_OPTIONAL);
    for (int r = 0; r < pg_count(counts); r++) {
        Last last = last_of(lasts, pg_get(counts, r, 0));
        text_table_cell(table, STYLE_PLAIN, pg_get(counts, r, 0));
        text_table_number(table, STYLE_PLAIN, pg_int(counts, r, 1));
        text_table_number(table, STYLE_PLAIN, pg_int(counts, r, 2));
        text_table_number(table, STYLE_WARN, pg_int(counts, r, 1) - pg_int(counts, r, 2));
        text_table_cell(table, STYLE_PLAIN, last.sync_id ? out_age(last.age, &arena) : "never");
        text_table_cell(table, STYLE_DIM, last.sync_id ? out_short_id(last.sync_id, &arena) : "");
        text_table_row(table);
    }
    text_table_print(table, stdout);
    out_print(stdout, "\nBase %s in %s, phase %s, %s in the log.\n", cli->base->name, pg_database(cli->pg),
            phase_name(phase), out_noun(logs, "entry", "entries", &arena));
    text_table_free(table);
    arena_free(&arena);
}

static bool run(Cli *cli, Err *err)
{
    Buf sql = {0};
    PgRows *counts = NULL, *lasts = NULL, *logs = NULL;
    Phase phase = PHASE_PARALLEL;
    const char *base[] = {cli->base->name};
    counts_sql(cli->base, &sql);
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) && pg_query(cli->pg, sql.data, 0, NULL, &counts, err) &&
              pg_query(cli->pg, sql_query("stats_last_syncs"), 1, base, &lasts, err) &&
              pg_row(cli->pg, sql_query("stats_log_count"), 1, base, &logs, err) &&
              phase_read(cli->pg, cli->base->name, &phase, err);
    if (ok && cli->json)
        print_json(counts, lasts, pg_int(logs, 0, 0), phase);
    else if (ok)
        print_text(cli, counts, lasts, pg_int(logs, 0, 0), phase);
    pg_rollback(cli->pg);
    pg_rows_free(counts);
    pg_rows_free(lasts);
    pg_rows_free(logs);
    buf_free(&sql);
    return ok;
}

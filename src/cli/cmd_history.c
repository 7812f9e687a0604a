/* cmd_history.c - the syncs, newest first; history_changes.c has one sync's and one record's changes. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "history.h"

static const Option options[] = {
    {"limit", 'n', OPTION_NUMBER, "N", NULL, "20", "show so many syncs, 0: all"},
    {"table", 0, OPTION_TEXT, "TABLE", NULL, NULL, "only what concerns this table"},
    {"record", 0, OPTION_TEXT, "ID", NULL, NULL, "one record's life, change by change"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_history = {
    .name = "history",
    .arguments = "[SYNC_ID]",
    .max_arguments = 1,
    .summary = "list the syncs, or the changes of one sync or one record",
    .details = "SYNC_ID may be a unique prefix, or last.",
    .needs = NEED_SCHEMA,
    .options = options,
    .run = run,
};

enum {
    H_SYNC,
    H_TYPE,
    H_STATUS,
    H_STARTED,
    H_COMPLETED,
    H_TABLE,
    H_PROCESSED,
    H_CREATED,
    H_UPDATED,
    H_GONE, /* deactivated; by a rollback: deleted */
    H_REJECTED,
    H_FILE,
    H_HASH,
    H_AGE,
    H_REASON,
    H_OF,
    H_SKIPPED
};

enum { REASON_MAX = 160 }; /* history SYNC_ID has all of it */

static int64_t number(const char *cell) { return cell ? strtoll(cell, NULL, 10) : 0; }

static bool is_rollback(const char *const *cells)
{
    return cells[H_TYPE] && strcmp(cells[H_TYPE], "rollback") == 0;
}

/* ---- JSON ---- */

typedef struct JsonList {
    JsonOut json;
    char sync_id[64]; /* whose object is open; "": none */
} JsonList;

static void close_sync(JsonList *list)
{
    if (list->sync_id[0]) {
        json_close(&list->json, ']');
        json_close(&list->json, '}');
    }
    list->sync_id[0] = '\0';
}

static bool json_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    JsonList *list = ctx;
    JsonOut *json = &list->json;
    if (strcmp(list->sync_id, cells[H_SYNC]) != 0) {
        close_sync(list);
        snprintf(list->sync_id, sizeof list->sync_id, "%s", cells[H_SYNC]);
        json_open(json, NULL, '{');
        json_text(json, "sync_id", cells[H_SYNC]);
        json_text(json, "type", cells[H_TYPE]);
        json_text(json, "status", cells[H_STATUS]);
        json_text(json, "started_at", cells[H_STARTED]);
        json_text(json, "completed_at", cells[H_COMPLETED]);
        json_text(json, "reason", cells[H_REASON]);
        json_open(json, "tables", '[');
    }
    json_open(json, NULL, '{');
    json_text(json, "table", cells[H_TABLE]);
    json_number(json, "processed", number(cells[H_PROCESSED]));
    json_number(json, "created", number(cells[H_CREATED]));
    json_number(json, "updated", number(cells[H_UPDATED]));
    json_number(json, "deactivated", is_rollback(cells) ? 0 : number(cells[H_GONE]));
    json_number(json, "deleted", is_rollback(cells) ? number(cells[H_GONE]) : 0);
    json_number(json, "rejected", number(cells[H_REJECTED]));
    json_text(json, "source_file", cells[H_FILE]);
    json_text(json, "source_hash", cells[H_HASH]);
    json_close(json, '}');
    return true;
}

/* ---- text: one line a sync, its tables added up ---- */

typedef struct TextList {
    TextTable *table;
    Arena arena;
    char sync_id[64];
    const char *age, *type, *status, *note;
    int64_t created, updated, deactivated, deleted, rejected;
    bool all_skipped;
} TextList;

static void end_line(TextList *list)
{
    if (!list->sync_id[0])
        return;
    bool bad = strcmp(list->status, "failed") == 0;
    text_table_cell(list->table, STYLE_BOLD, out_short_id(list->sync_id, &list->arena));
    text_table_cell(list->table, STYLE_PLAIN, list->age);
    text_table_cell(list->table, STYLE_PLAIN, list->type);
    text_table_cell(list->table, bad ? STYLE_BAD : STYLE_PLAIN, list->status);
    text_table_number(list->table, STYLE_GOOD, list->created);
    text_table_number(list->table, STYLE_GOOD, list->updated);
    text_table_number(list->table, STYLE_WARN, list->deactivated);
    text_table_number(list->table, STYLE_WARN, list->deleted);
    text_table_number(list->table, STYLE_BAD, list->rejected);
    text_table_cell(list->table, STYLE_DIM, list->all_skipped ? "files unchanged" : list->note);
    text_table_row(list->table);
}

static const char *note_of(TextList *list, const char *const *cells)
{
    if (cells[H_OF] && !cells[H_REASON])
        return arena_printf(&list->arena, "of %s", out_short_id(cells[H_OF], &list->arena));
    return cells[H_REASON] ? out_safe(cells[H_REASON], REASON_MAX, &list->arena) : "";
}

static bool text_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    TextList *list = ctx;
    if (strcmp(list->sync_id, cells[H_SYNC]) != 0) {
        end_line(list);
        snprintf(list->sync_id, sizeof list->sync_id, "%s", cells[H_SYNC]);
        list->age = out_age(number(cells[H_AGE]), &list->arena);
        list->type = arena_str(&list->arena, cells[H_TYPE] ? cells[H_TYPE] : "");
        list->status = arena_str(&list->arena, cells[H_STATUS]);
        list->note = note_of(list, cells);
        list->created = list->updated = list->deactivated = list->deleted = list->rejected = 0;
        list->all_skipped = true;
    }
    list->created += number(cells[H_CREATED]);
    list->updated += number(cells[H_UPDATED]);
    *(is_rollback(cells) ? &list->deleted : &list->deactivated) += number(cells[H_GONE]);
    list->rejected += number(cells[H_REJECTED]);
    list->all_skipped = list->all_skipped && cells[H_SKIPPED] && cells[H_SKIPPED][0] == 't';
    return true;
}

static TextTable *text_columns(void)
{
    static const char *const left[] = {"sync", "when", "type", "status"};
    static const struct {
        const char *name;
        unsigned flags;
    } right[] = {{"created", COLUMN_RIGHT},
                 {"updated", COLUMN_RIGHT},
                 {"deactivated", COLUMN_RIGHT},
                 {"deleted", COLUMN_RIGHT | COLUMN_OPTIONAL},
                 {"rejected", COLUMN_RIGHT}};
    TextTable *table = text_table_new();
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        text_table_column(table, left[i], COLUMN_LEFT);
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        text_table_column(table, right[i].name, right[i].flags);
    text_table_column(table, "", COLUMN_LEFT | COLUMN_OPTIONAL);
    return table;
}

static bool list_text(Cli *cli, const char *const *params, Err *err)
{
    TextList list = {.table = text_columns()};
    bool ok = pg_each(cli->pg, sql_query("history_list"), 3, params, text_row, &list, err);
    if (ok && !list.sync_id[0]) {
        out_print(stdout, "No sync yet.\n");
    } else if (ok) {
        end_line(&list);
        text_table_print(list.table, stdout);
    }
    text_table_free(list.table);
    arena_free(&list.arena);
    return ok;
}

static bool list_json(Cli *cli, const char *const *params, Err *err)
{
    JsonList list = {.sync_id = ""};
    json_begin(&list.json, stdout);
    json_open(&list.json, "syncs", '[');
    bool ok = pg_each(cli->pg, sql_query("history_list"), 3, params, json_row, &list, err);
    close_sync(&list);
    json_close(&list.json, ']');
    if (!ok)
        json_item(&list.json, "error", json_error(err));
    json_end(&list.json);
    cli->reported = true;
    return ok;
}

static bool list_syncs(Cli *cli, const char *table, Err *err)
{
    const char *limit = cli_number(cli, "limit") ? cli_text(cli, "limit") : NULL;
    const char *params[] = {cli->base->name, table, limit};
    return (cli->json ? list_json : list_text)(cli, params, err);
}

/* ---- the command ---- */

static bool run(Cli *cli, Err *err)
{
    const char *table = cli_text(cli, "table"), *record = cli_text(cli, "record"), *sync = cli_argument(cli, 0);
    char sync_id[51];
    if (record && sync)
        return err_set(err, ERR_USAGE, NULL, "give a sync id or --record, not both");
    if (table && !cli_table(cli, table, err))
        return false;
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) &&
              (!sync || sync_find(cli->pg, cli->base->name, sync, false, sync_id, err)) &&
              (record ? history_of_record(cli, record, table, err)
               : sync ? history_of_sync(cli, sync_id, table, err)
                      : list_syncs(cli, table, err));
    pg_rollback(cli->pg);
    return ok;
}

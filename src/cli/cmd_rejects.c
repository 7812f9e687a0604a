/* cmd_rejects.c - the records that were not written: listed, or as a CSV to correct. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/shell.h"
#include "rejects.h"

static const Option options[] = {
    {"table", 0, OPTION_TEXT, "TABLE", NULL, NULL, "only the rejects of this table"},
    {"csv", 0, OPTION_TEXT, "FILE", NULL, NULL, "write the records as a CSV to fix and replay"},
    {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "replace FILE if it is there already"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_rejects = {
    .name = "rejects",
    .arguments = "[SYNC_ID]",
    .max_arguments = 1,
    .summary = "list the open rejects or those of one sync, or write them as a CSV to fix",
    .details = "SYNC_ID may be a unique prefix, or last. The CSV has the source's own columns plus _reject_reason;\n"
               "fixed, it goes back in with artsync sync --file TABLE=FILE.",
    .needs = NEED_SCHEMA,
    .options = options,
    .run = run,
};

enum { VALUE_MAX = 60, REASON_MAX = 400 };

const char *rejects_replay(const char *table, const char *path, Arena *arena)
{
    return command_line(arena, "sync --file %s", arena_printf(arena, "%s=%s", table, path));
}

/* ---- listing ---- */

typedef struct Listing {
    JsonOut json;
    Arena arena;
    const char *table, *file; /* whose heading stands last */
    int64_t n;
} Listing;

static bool json_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Listing *listing = ctx;
    json_item(&listing->json, NULL, reject_object(cells));
    return true;
}

static void print_reject(const char *line, const char *id, const char *column, const char *value, const char *reason)
{
    Arena arena = {0};
    out_print(stdout, "  line %s", line);
    if (id)
        out_print(stdout, ", %s", out_safe(id, VALUE_MAX, &arena));
    if (column)
        out_print(stdout, ", %s", column);
    if (value && *value)
        out_print(stdout, " \"%s\"", out_safe(value, VALUE_MAX, &arena));
    out_print(stdout, ": %s\n", out_safe(reason, REASON_MAX, &arena));
    arena_free(&arena);
}

static bool text_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Listing *listing = ctx;
    if (!listing->table || strcmp(listing->table, cells[R_TABLE]) != 0 || strcmp(listing->file, cells[R_FILE]) != 0) {
        listing->table = arena_str(&listing->arena, cells[R_TABLE]);
        listing->file = arena_str(&listing->arena, cells[R_FILE]);
        if (listing->n)
            fputc('\n', stdout);
        out_print(stdout, "%s%s%s, from %s\n", style_begin(STYLE_BOLD), listing->table,
                style_end(STYLE_BOLD), out_safe(listing->file, VALUE_MAX * 4, &listing->arena));
    }
    print_reject(cells[R_LINE], cells[R_ID], cells[R_COLUMN], cells[R_VALUE], cells[R_REASON]);
    listing->n++;
    return true;
}

static bool list_json(Cli *cli, const char *const *params, Err *err)
{
    Listing listing = {0};
    json_begin(&listing.json, stdout);
    json_open(&listing.json, "rejects", '[');
    bool ok = pg_each(cli->pg, sql_query("rejects_list"), 4, params, json_row, &listing, err);
    json_close(&listing.json, ']');
    if (!ok)
        json_item(&listing.json, "error", json_error(err));
    json_end(&listing.json);
    cli->reported = true;
    return ok;
}

static bool list_text(Cli *cli, const char *const *params, Err *err)
{
    Listing listing = {0};
    bool ok = pg_each(cli->pg, sql_query("rejects_list"), 4, params, text_row, &listing, err);
    if (ok && listing.n == 0)
        out_print(stdout, params[1] ? "That sync rejected nothing.\n" : "No open rejects.\n");
    else if (ok)
        out_print(stdout, "\n%s. To fix and replay them:\n  %s\n  %s\n",
                  out_noun(listing.n, "reject", "rejects", &listing.arena),
                  command_line(&listing.arena, "rejects --table %s --csv mend.csv", listing.table),
                  rejects_replay(listing.table, "mend.csv", &listing.arena));
    arena_free(&listing.arena);
    return ok;
}

/* ---- --csv ---- */

static bool json_unwritten(void *ctx, const char *line, Err *err)
{
    (void)err;
    json_raw(ctx, NULL, line);
    return true;
}

static const char *field(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

static bool text_unwritten(void *ctx, const char *line, Err *err)
{
    (void)ctx;
    (void)err;
    char number[24];
    cJSON *object = cJSON_Parse(line);
    snprintf(number, sizeof number, "%.0f", cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, "line")));
    print_reject(number, field(object, "id"), field(object, "column"), field(object, "value"), field(object, "reason"));
    cJSON_Delete(object);
    return true;
}

static bool say_written(Cli *cli, const char *table, const char *path, RejectsWritten *written, Err *err)
{
    Arena arena = {0};
    int64_t left = spool_count(written->unwritten);
    bool ok;
    if (cli->json) {
        JsonOut json;
        json_begin(&json, stdout);
        json_text(&json, "table", table);
        json_text(&json, "file", written->written ? path : NULL);
        json_number(&json, "written", written->written);
        json_open(&json, "not_written", '[');
        ok = spool_each(written->unwritten, json_unwritten, &json, err);
        json_close(&json, ']');
        json_end(&json);
        return ok;
    }
    if (written->written)
        out_print(stdout, "%s written to %s. Fix it, then: %s\n",
                  out_noun(written->written, "record", "records", &arena), path, rejects_replay(table, path, &arena));
    else
        out_print(stdout, "Nothing to write: %s has no %srejects.\n", table, left ? "other " : "");
    if (left)
        out_print(stdout, "%s cannot be told apart into columns; fix them in the source:\n",
                out_noun(left, "record", "records", &arena));
    ok = spool_each(written->unwritten, text_unwritten, NULL, err);
    arena_free(&arena);
    return ok;
}

static bool write_csv(Cli *cli, const char *const *params, const char *path, Err *err)
{
    RejectsWritten written = {.unwritten = spool_new()};
    if (!params[2])
        err_set(err, ERR_USAGE, "add --table TABLE: a CSV file holds one table's records", "--csv needs --table");
    bool ok = err->code == ERR_NONE && rejects_write_csv(cli, params, path, cli_flag(cli, "force"), &written, err) &&
              say_written(cli, params[2], path, &written, err);
    spool_free(written.unwritten);
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    const char *table = cli_text(cli, "table"), *path = cli_text(cli, "csv"), *sync = cli_argument(cli, 0);
    char sync_id[51];
    if (table && !cli_table(cli, table, err))
        return false;
    bool ok =
        pg_begin(cli->pg, PG_TX_READ, err) && (!sync || sync_find(cli->pg, cli->base->name, sync, false, sync_id, err));
    const char *params[] = {cli->base->name, sync ? sync_id : NULL, table, path ? "t" : "f"};
    ok = ok && (path ? write_csv(cli, params, path, err) : (cli->json ? list_json : list_text)(cli, params, err));
    pg_rollback(cli->pg);
    return ok;
}

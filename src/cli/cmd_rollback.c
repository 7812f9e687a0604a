/* cmd_rollback.c - undo one sync. */
#include "artsync/log.h"
#include "artsync/rollback.h"
#include "private.h"

static const Option options[] = {
    ROW_DRY_RUN,
    {"strict", 0, OPTION_FLAG, NULL, NULL, NULL, "refuse if anything would be kept"},
    ROW_WAIT,
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_rollback = {
    .name = "rollback",
    .arguments = "SYNC_ID",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "undo one sync",
    .details =
        "Puts back what the sync changed, except what changed since: that is kept, counted and listed (status 1).\n"
        "Rows it created are deleted if nobody touched them or refers to them. SYNC_ID may be a unique prefix,\n"
        "or last: the newest sync that changed something.",
    .needs = NEED_SCHEMA | NEED_LOG,
    .options = options,
    .run = run,
};

enum { KEPT_SHOWN = 50, VALUE_MAX = 60 };

/* ---- JSON ---- */

static bool json_detail(void *ctx, const char *line, Err *err)
{
    (void)err;
    json_raw(ctx, NULL, line);
    return true;
}

static bool print_json(const RollbackResult *result, const Err *failed, Err *err)
{
    JsonOut json;
    json_begin(&json, stdout);
    json_item(&json, "sync_id", json_string_or_null(*result->sync_id ? result->sync_id : NULL));
    json_number(&json, "reversed", result->reversed);
    json_number(&json, "kept", result->kept);
    json_number(&json, "deleted", result->deleted);
    json_open(&json, "details", '[');
    bool ok = !result->details || spool_each(result->details, json_detail, &json, err);
    json_close(&json, ']');
    if (failed->code != ERR_NONE)
        json_item(&json, "error", json_error(failed));
    json_end(&json);
    return ok;
}

/* ---- text: what was kept, and why ---- */

static const char *field(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

static bool text_detail(void *ctx, const char *line, Err *err)
{
    (void)err;
    int64_t *n = ctx;
    cJSON *detail = cJSON_Parse(line);
    const char *action = field(detail, "action"), *reason = field(detail, "reason");
    if (action && strcmp(action, "kept") == 0 && (*n)++ < KEPT_SHOWN) {
        Arena arena = {0};
        const cJSON *column;
        if (*n == 1)
            out_print(stdout, "%sKept, because it changed since%s\n", style_begin(STYLE_BOLD), style_end(STYLE_BOLD));
        out_print(stdout, "  %s %s", field(detail, "table"), out_safe(field(detail, "id"), VALUE_MAX, &arena));
        cJSON_ArrayForEach(column, cJSON_GetObjectItemCaseSensitive(detail, "columns"))
        {
            const char *to = field(column, "to"), *from = field(column, "from");
            out_print(stdout, ", %s %s -> %s", column->string, from ? out_safe(from, VALUE_MAX, &arena) : "(empty)",
                    to ? out_safe(to, VALUE_MAX, &arena) : "(empty)");
        }
        out_print(stdout, "%s%s\n", reason ? ": " : "", reason ? out_safe(reason, 300, &arena) : "");
        arena_free(&arena);
    }
    cJSON_Delete(detail);
    return true;
}

static bool print_text(const RollbackResult *result, Err *err)
{
    Arena arena = {0};
    int64_t kept = 0;
    bool ok = !result->details || spool_each(result->details, text_detail, &kept, err);
    if (kept > KEPT_SHOWN)
        out_print(stdout, "  and %s; --json lists all\n", out_noun(kept - KEPT_SHOWN, "other", "others", &arena));
    if (kept)
        fputc('\n', stdout);
    out_print(stdout, "%s %s: %s put back, %s deleted, %s kept.\n",
            result->dry_run ? "Dry run, nothing was written. Undoing" : "Undone", out_short_id(result->sync_id, &arena),
            out_noun(result->reversed, "row", "rows", &arena), out_noun(result->deleted, "row", "rows", &arena),
            out_noun(result->kept, "value", "values", &arena));
    arena_free(&arena);
    return ok;
}

/* ---- the command ---- */

static bool run(Cli *cli, Err *err)
{
    RollbackOptions rollback = {.dry_run = cli_flag(cli, "dry-run"),
                                .strict = cli_flag(cli, "strict"),
                                .wait_seconds = (int)cli_number(cli, "wait")};
    RollbackResult result = {0};
    Err failed = {0}, printing = {0};
    bool printed = true, ok = rollback_run(&(Session){cli->pg, cli->log, cli->base}, cli_argument(cli, 0), &rollback, &result,
                                           &failed);
    log_progress_end();
    cli->committed = ok && !rollback.dry_run;
    if (cli->json) {
        printed = print_json(&result, &failed, &printing);
        cli->reported = true;
    } else if (!cli->quiet || (ok && result.kept > 0)) {
        printed = ok ? print_text(&result, &printing) : true;
    }
    cli->status = ok && result.kept > 0 ? EXIT_ATTENTION : EXIT_DONE;
    rollback_result_free(&result);
    if (ok && !printed) { /* the rollback itself is done */
        log_error(&printing);
        cli->status = EXIT_ATTENTION;
    }
    err_clear(&printing);
    *err = failed;
    return ok;
}

/* history.c - what happened: history, last-synced state, and the report's lines, all read from the stage. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "../sync/engine.h"

static bool spool_conflict_lines(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    Spool *spool = ctx;
    char *lines = mem_dup(cells[0]), *rest = NULL;
    bool ok = true;
    for (char *line = strtok_r(lines, "\n", &rest); ok && line; line = strtok_r(NULL, "\n", &rest))
        ok = spool_add(spool, line, err);
    free(lines);
    return ok;
}

cJSON *changes_named(const char *text)
{
    cJSON *columns = cJSON_CreateObject();
    cJSON *pairs = cJSON_Parse(text ? text : "{}");
    const cJSON *pair;
    cJSON_ArrayForEach(pair, pairs)
    {
        cJSON *named = cJSON_AddObjectToObject(columns, pair->string);
        cJSON_AddItemToObject(named, "from", cJSON_Duplicate(cJSON_GetArrayItem(pair, 0), 1));
        cJSON_AddItemToObject(named, "to", cJSON_Duplicate(cJSON_GetArrayItem(pair, 1), 1));
    }
    cJSON_Delete(pairs);
    return columns;
}

static bool spool_change(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    const TableRun *turn = ctx;
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "table", turn->table->name);
    cJSON_AddStringToObject(line, "id", cells[0]);
    cJSON_AddStringToObject(line, "action", cells[1]);
    cJSON_AddItemToObject(line, "columns", changes_named(cells[2]));
    char *text = cJSON_PrintUnformatted(line);
    bool ok = spool_add(turn->run->result->changes, text, err);
    cJSON_free(text);
    cJSON_Delete(line);
    return ok;
}

static bool run_with_log(TableRun *turn, const Buf *sql, Err *err)
{
    char log_id[24];
    snprintf(log_id, sizeof log_id, "%lld", (long long)turn->log_id);
    const char *params[] = {log_id};
    return pg_run(turn->run->pg, sql->data, 1, params, NULL, err);
}

static bool write_state(TableRun *turn, Err *err)
{
    void (*const plans[])(Buf *, const Table *) = {plan_state_update, plan_state_insert};
    bool ok = true;
    Buf sql = {0};
    for (size_t i = 0; ok && i < sizeof plans / sizeof plans[0]; i++) {
        buf_clear(&sql);
        plans[i](&sql, turn->table);
        ok = run_with_log(turn, &sql, err);
    }
    if (ok && turn->counts->deactivated > 0) {
        buf_clear(&sql);
        plan_state_deactivate(&sql, turn->table);
        ok = pg_run(turn->run->pg, sql.data, 0, NULL, NULL, err);
    }
    buf_free(&sql);
    return ok;
}

bool history_rename(TableRun *turn, Err *err)
{
    void (*const plans[])(Buf *, const Table *) = {plan_rename_history, plan_drop_stale, plan_note_former};
    size_t n = sizeof plans / sizeof plans[0] - (turn->undo ? 1 : 0); /* the adoption has noted what is put back */
    bool ok = true;
    Buf sql = {0};
    for (size_t i = 0; ok && turn->adopts && i < n; i++) {
        buf_clear(&sql);
        plans[i](&sql, turn->table);
        ok = pg_run(turn->run->pg, sql.data, 0, NULL, NULL, err);
    }
    buf_free(&sql);
    return ok;
}

/* A dry run has no log row for its history to refer to; what it would have written is rolled back anyway. */
static bool write_history(TableRun *turn, Err *err)
{
    if (turn->log_id == 0)
        return true;
    Buf sql = {0};
    plan_changes(&sql);
    bool ok = run_with_log(turn, &sql, err);
    buf_free(&sql);
    return ok;
}

static bool count_stage(TableRun *turn, Err *err)
{
    PgRows *rows = NULL;
    if (!pg_row(turn->run->pg, sql_query("stage_counts"), 0, NULL, &rows, err))
        return false;
    SyncTable *counts = turn->counts;
    counts->unchanged += pg_int(rows, 0, 0);
    counts->reactivated = pg_int(rows, 0, 1);
    counts->rejected = pg_int(rows, 0, 2);
    counts->conflicts = pg_int(rows, 0, 3);
    counts->overwritten = pg_int(rows, 0, 4);
    pg_rows_free(rows);
    return true;
}

bool history_write(TableRun *turn, Err *err)
{
    if (!turn->staged)
        return true;
    Run *run = turn->run;
    return count_stage(turn, err) &&
           (turn->counts->conflicts == 0 ||
            pg_each(run->pg, sql_query("stage_conflicts"), 0, NULL, spool_conflict_lines, run->result->conflicts, err)) &&
           (!run->options->want_changes ||
            pg_each(run->pg, sql_query("stage_changes"), 0, NULL, spool_change, turn, err)) &&
           (turn->live == 0 ||
            (history_rename(turn, err) && write_history(turn, err) && write_state(turn, err)));
}

/* history.c - what happened: history, last-synced state, and the report's lines, all read from the stage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/cells.h"
#include "artsync/changes.h"
#include "artsync/embed.h"
#include "artsync/progress.h"
#include "internal.h"
#include "plan_former.h"

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

typedef struct ChangeSink {
    const Table *table;
    Spool *changes;
} ChangeSink;

static bool spool_change(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    const ChangeSink *sink = ctx;
    Buf line = {0}, columns = {0};
    changed_columns(cells[2], &columns);
    const char *change[CHANGE_CELLS] = {sink->table->name, cells[0], cells[1], buf_view(&columns).p};
    for (int i = 0; i < CHANGE_CELLS; i++)
        cells_add(&line, change[i]);
    bool ok = spool_add(sink->changes, line.data, err);
    buf_free(&line);
    buf_free(&columns);
    return ok;
}

static bool run_with_log(Stage *stage, const Buf *sql, Err *err)
{
    const char *params[] = {PG_INT(stage->log_id)};
    return pg_run(stage->pg, sql->data, 1, params, NULL, err);
}

static bool write_state(Stage *stage, bool deactivated, Err *err)
{
    void (*const plans[])(Buf *, const Table *) = {plan_state_update, plan_state_insert};
    bool ok = true;
    Buf sql = {0};
    for (size_t i = 0; ok && i < sizeof plans / sizeof plans[0]; i++) {
        buf_clear(&sql);
        plans[i](&sql, stage->table);
        ok = run_with_log(stage, &sql, err);
    }
    if (ok && deactivated) {
        buf_clear(&sql);
        plan_state_deactivate(&sql, stage->table);
        ok = pg_run(stage->pg, sql.data, 0, NULL, NULL, err);
    }
    buf_free(&sql);
    return ok;
}

bool history_rename(Stage *stage, Err *err)
{
    void (*const plans[])(Buf *, const Table *) = {plan_rename_history, plan_drop_stale, plan_note_former,
                                                   plan_pass_former};
    size_t n = sizeof plans / sizeof plans[0] - (stage->undo ? 2 : 0); /* the adoption has noted what is put back */
    bool ok = true;
    Buf sql = {0};
    for (size_t i = 0; ok && stage->adopts && i < n; i++) {
        buf_clear(&sql);
        plans[i](&sql, stage->table);
        ok = pg_run(stage->pg, sql.data, 0, NULL, NULL, err);
    }
    buf_free(&sql);
    return ok;
}

/* Every record that links to the table is looked at again. */
static bool look_again(const Stage *stage, Err *err)
{
    const Base *base = stage->table->base;
    bool ok = true;
    for (int i = 0; ok && i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        bool links = false;
        for (int c = 0; c < table->n_columns; c++)
            links |= table->columns[c].to == stage->table;
        if (!links)
            continue;
        Buf sql = {0};
        plan_forget_raw(&sql, table);
        const char *params[] = {base->name, table->name};
        ok = pg_run(stage->pg, sql.data, 0, NULL, NULL, err) &&
             pg_run(stage->pg, sql_query("log_look_again"), 2, params, NULL, err);
        buf_free(&sql);
    }
    return ok;
}

/* A record may get a row of its own beside the one that a rollback took from it: links to the record mean the new one.
 */
static bool part_former(const Stage *stage, Err *err)
{
    if (stage->inserted == 0)
        return true;
    Buf sql = {0};
    char *parted = NULL;
    plan_part_former(&sql, stage->table);
    bool ok = pg_value(stage->pg, sql.data, 0, NULL, &parted, err) &&
              (strcmp(parted, "0") == 0 || look_again(stage, err));
    free(parted);
    buf_free(&sql);
    return ok;
}

/* A dry run has no log row for its history to refer to; what it would have written is rolled back anyway. */
bool history_write_changes(Stage *stage, Err *err)
{
    if (stage->log_id == 0)
        return true;
    Buf sql = {0};
    plan_changes(&sql);
    bool ok = run_with_log(stage, &sql, err);
    buf_free(&sql);
    return ok;
}

static bool count_stage(Stage *stage, TableCounts *counts, Err *err)
{
    PgRows *rows = NULL;
    if (!pg_row(stage->pg, sql_query("stage_counts"), 0, NULL, &rows, err))
        return false;
    counts->created = stage->inserted;
    counts->updated = stage->updated;
    counts->unchanged += pg_int(rows, 0, 0);
    counts->reactivated = pg_int(rows, 0, 1);
    counts->rejected = pg_int(rows, 0, 2);
    counts->conflicts = pg_int(rows, 0, 3);
    counts->overwritten = pg_int(rows, 0, 4);
    pg_rows_free(rows);
    return true;
}

bool history_write(Stage *stage, TableCounts *counts, Spool *conflicts, Spool *changes, Err *err)
{
    if (!stage->made)
        return true;
    progress_phase("writing the history");
    ChangeSink sink = {stage->table, changes};
    return count_stage(stage, counts, err) &&
           (counts->conflicts == 0 ||
            pg_each(stage->pg, sql_query("stage_conflicts"), 0, NULL, spool_conflict_lines, conflicts, err)) &&
           (!changes || pg_each(stage->pg, sql_query("stage_changes"), 0, NULL, spool_change, &sink, err)) &&
           (stage->live == 0 || (history_rename(stage, err) && part_former(stage, err) &&
                                 history_write_changes(stage, err) &&
                                 write_state(stage, counts->deactivated > 0, err)));
}

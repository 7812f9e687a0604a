/* rollback.c - undo one sync in one transaction: children first, created rows deleted, changes put back. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "artsync/shell.h"
#include "internal.h"

/* Columns of sync_tables.sql. */
enum { L_ID, L_TABLE, L_STATUS, L_TYPE, L_SKIPPED };

typedef struct Rollback {
    const Session *session;
    const RollbackOptions *options;
    RollbackResult *result;
    PgRows *logs;         /* the sync's rows in sync_logs, children first */
    int64_t *log_ids;     /* the rollback's own, in the same order; 0 in a dry run */
    int64_t *reversed, *deleted;
} Rollback;

/* May this sync be undone at all? */
static bool check_undoable(const Rollback *rb, Err *err)
{
    const char *id = rb->result->sync_id, *status = pg_get(rb->logs, 0, L_STATUS);
    if (strcmp(pg_get(rb->logs, 0, L_TYPE), "rollback") == 0)
        return err_set(err, ERR_REFUSED, "sync again: the next incremental sync writes the changes again",
                       "%s is a rollback, which cannot be undone", id);
    if (strcmp(status, "rolled_back") == 0)
        return err_set(err, ERR_REFUSED, NULL, "sync %s was rolled back already", id);
    if (strcmp(status, "completed") != 0)
        return err_set(err, ERR_REFUSED, NULL, "sync %s is %s: it changed nothing", id, status);
    for (int i = 0; i < pg_count(rb->logs); i++)
        if (!pg_bool(rb->logs, i, L_SKIPPED))
            return true;
    return err_set(err, ERR_REFUSED, NULL, "sync %s skipped every table: there is nothing to undo", id);
}

static int children_first(const void *a, const void *b)
{
    return *(const int *)b - *(const int *)a;
}

static bool read_logs(Rollback *rb, Err *err)
{
    const char *params[] = {rb->session->base->name, rb->result->sync_id};
    if (!pg_query(rb->session->data, sql_query("sync_tables"), 2, params, &rb->logs, err))
        return false;
    if (pg_count(rb->logs) == 0)
        return err_set(err, ERR_USAGE, command_hint("to list the syncs: {}", "history"),
                       "no sync of the base %s has the id %s", rb->session->base->name, rb->result->sync_id);
    return check_undoable(rb, err);
}

/* Row of `logs` for the base's table, or -1. */
static int log_of(const Rollback *rb, const char *table)
{
    for (int i = 0; i < pg_count(rb->logs); i++)
        if (strcmp(pg_get(rb->logs, i, L_TABLE), table) == 0)
            return i;
    return -1;
}

static bool start_logs(Rollback *rb, Err *err)
{
    RunlogRow *rows = mem_alloc(sizeof *rows * (size_t)(pg_count(rb->logs) + 1));
    int n = 0;
    for (int i = 0; i < pg_count(rb->logs); i++)
        if (!pg_bool(rb->logs, i, L_SKIPPED))
            rows[n++] = (RunlogRow){.type = "rollback", .table = pg_get(rb->logs, i, L_TABLE), .id = &rb->log_ids[i]};
    bool ok = runlog_begin(rb->session, rb->result->rollback_id, rows, n, err);
    free(rows);
    return ok;
}

static bool restore_rejects(const Rollback *rb, int i, Err *err)
{
    if (rb->log_ids[i] == 0)
        return true;
    const char *params[] = {pg_get(rb->logs, i, L_ID), PG_INT(rb->log_ids[i])};
    return pg_run(rb->session->data, sql_query("rejects_withdraw"), 2, params, NULL, err) &&
           pg_run(rb->session->data, sql_query("rejects_reopen"), 2, params, NULL, err);
}

static bool undo_table(Rollback *rb, const Table *table, int i, Err *err)
{
    progress_table(table->name);
    progress_phase("reading the changes of the sync");
    Undo undo = {.result = rb->result, .of_log = pg_int(rb->logs, i, L_ID)};
    bool *present = mem_alloc(sizeof *present * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        present[c] = true;
    undo.stage = (Stage){.pg = rb->session->data,
                         .table = table,
                         .present = present,
                         .log_id = rb->log_ids[i],
                         .undo = true,
                         .layouts = &undo.layouts};
    bool ok = stage_lock_table(rb->session->data, table, err) &&
              layouts_load(&undo.layouts, rb->session->data, table, err) && delete_created_rows(&undo, err) &&
              undo_changes(&undo, err) && restore_rejects(rb, i, err);
    rb->reversed[i] = undo.reversed;
    rb->deleted[i] = undo.deleted;
    rb->result->reversed += undo.reversed;
    rb->result->deleted += undo.deleted;
    rb->result->kept += undo.kept;
    layouts_free(&undo.layouts);
    stage_free(&undo.stage);
    arena_free(&undo.scratch);
    free(present);
    return ok;
}

static bool undo_tables(Rollback *rb, Err *err)
{
    const Base *base = rb->session->base;
    int n = 0, *order = mem_alloc(sizeof *order * (size_t)pg_count(rb->logs));
    bool ok = true;
    for (int i = 0; ok && i < pg_count(rb->logs); i++) {
        const Table *table = base_table(base, pg_get(rb->logs, i, L_TABLE));
        if (!table)
            ok = err_set(err, ERR_REFUSED, "map it again, then roll back",
                         "the table %s of that sync is not in base.json now", pg_get(rb->logs, i, L_TABLE));
        else if (!pg_bool(rb->logs, i, L_SKIPPED))
            order[n++] = table->index;
    }
    qsort(order, (size_t)n, sizeof *order, children_first);
    for (int i = 0; ok && i < n; i++)
        ok = interrupt_check(err) &&
             undo_table(rb, &base->tables[order[i]], log_of(rb, base->tables[order[i]].name), err);
    free(order);
    if (ok && rb->options->strict && rb->result->kept > 0)
        ok = err_set(err, ERR_REFUSED, "see what would be kept with --dry-run, or roll back without --strict",
                     "%lld %s changed since that sync and would be kept, which --strict does not allow",
                     (long long)rb->result->kept, rb->result->kept == 1 ? "value" : "values");
    return ok;
}

static bool complete_logs(Rollback *rb, Err *err)
{
    for (int i = 0; i < pg_count(rb->logs); i++) {
        if (pg_bool(rb->logs, i, L_SKIPPED))
            continue;
        const char *params[] = {PG_INT(rb->log_ids[i]), PG_INT(rb->reversed[i]), PG_INT(rb->deleted[i]),
                                rb->result->sync_id};
        int64_t done = 0;
        if (!pg_run(rb->session->data, sql_query("log_rollback"), 4, params, &done, err))
            return false;
        if (done != 1)
            return err_set(err, ERR_DATABASE, "roll back again",
                           "the rollback's row in sync_logs is not running any more");
    }
    const char *params[] = {rb->session->base->name, rb->result->sync_id};
    return pg_run(rb->session->data, sql_query("log_rolled_back"), 2, params, NULL, err);
}

/* Which sync is the last one is asked under the lock: another may be running when this begins to wait. */
static bool begin(Rollback *rb, const char *which, Err *err)
{
    Pg *pg = rb->session->data;
    const char *base = rb->session->base->name;
    char *set = NULL;
    bool ok = session_begin(rb->session, rb->result->rollback_id, rb->options->wait_seconds, err) &&
              pg_value(pg, sql_query("writes_stamps"), 0, NULL, &set, err) &&
              sync_find(pg, base, which, true, rb->result->sync_id, err) && read_logs(rb, err);
    free(set);
    return ok;
}

static bool finish(Rollback *rb, Err *err)
{
    if (rb->options->dry_run) {
        pg_rollback(rb->session->data);
        return true;
    }
    return complete_logs(rb, err) && session_commit(rb->session, rb->result->rollback_id, err);
}

bool rollback_run(const Session *session, const char *which, const RollbackOptions *options, RollbackResult *result,
                  Err *err)
{
    *result = (RollbackResult){.dry_run = options->dry_run, .details = spool_new()};
    uuid_new(result->rollback_id);
    Rollback rb = {.session = session, .options = options, .result = result};
    bool logged = false;
    bool ok = begin(&rb, which, err);
    if (ok) {
        size_t n = (size_t)pg_count(rb.logs);
        rb.log_ids = mem_alloc(sizeof *rb.log_ids * n);
        rb.reversed = mem_alloc(sizeof *rb.reversed * n);
        rb.deleted = mem_alloc(sizeof *rb.deleted * n);
        if (!options->dry_run) {
            logged = true; /* also if it fails: the reply to its COMMIT may be what was lost */
            ok = start_logs(&rb, err);
        }
        ok = ok && undo_tables(&rb, err) && finish(&rb, err);
    }
    if (!ok)
        session_abort(session, result->rollback_id, logged, err);
    pg_rows_free(rb.logs);
    free(rb.log_ids);
    free(rb.reversed);
    free(rb.deleted);
    return ok;
}

void rollback_result_free(RollbackResult *result)
{
    spool_free(result->details);
    arena_free(&result->arena);
    *result = (RollbackResult){0};
}

/* apply.c - write what is staged: one UPDATE and one INSERT, and if the database refuses, all but what it refuses. */
#include <string.h>

#include "artsync/embed.h"
#include "artsync/progress.h"
#include "internal.h"

static bool apply_range(Stage *stage, char op, int64_t first, int64_t last, int64_t expected, Err *err)
{
    Plan plan = stage_plan(stage);
    Buf sql = {0};
    int64_t affected = 0;
    if (op == 'u')
        plan_update(&sql, &plan, first, last);
    else if (op == 'i')
        plan_insert(&sql, &plan, first, last);
    else
        plan_deactivate(&sql, stage->table, first, last);
    bool ordered = op == 'u' && stage->keys.ordered;
    bool ok = (!ordered || pg_script(stage->pg, sql_query("joins_in_order"), err)) &&
              pg_write(stage->pg, sql.data, &affected, err) &&
              (!ordered || pg_script(stage->pg, sql_query("joins_default"), err));
    buf_free(&sql);
    if (ok && affected != expected)
        return err_refusal(err, "a trigger or rule of the database discarded the write");
    return ok;
}

/* What is refused although no record is written (a missing grant, a trigger for each statement) is no record's
 * fault. */
static bool check_statement(Stage *stage, char op, Err *err)
{
    Err refusal = {0};
    if (!pg_savepoint(stage->pg, "artsync_empty", err))
        return false;
    if (!apply_range(stage, op, 0, 0, 0, &refusal)) { /* seqs begin at 1 */
        *err = refusal;
        return err_context(err, "%s", stage->table->name);
    }
    return pg_rollback_to(stage->pg, "artsync_empty", err);
}

typedef struct Counts {
    int64_t inserts, updates;
} Counts;

static bool count_live(Stage *stage, Counts *counts, Err *err)
{
    PgRows *rows = NULL;
    if (!pg_row(stage->pg, sql_query("stage_count_live"), 0, NULL, &rows, err))
        return false;
    *counts = (Counts){pg_int(rows, 0, 0), pg_int(rows, 0, 1)};
    pg_rows_free(rows);
    return true;
}

static bool apply_whole(Stage *stage, const Counts *counts, Err *err)
{
    return (counts->updates == 0 || apply_range(stage, 'u', 0, stage->seq, counts->updates, err)) &&
           (counts->inserts == 0 || apply_range(stage, 'i', 0, stage->seq, counts->inserts, err)) &&
           pg_write(stage->pg, sql_query("constraints_immediate"), NULL, err);
}

/* A function of the database that lacks a table, a function or a setting: where it refuses every record, the function
 * is the cause and not the records. Not so where it raises the error itself, or where one of the records was refused
 * before: then an earlier sync could write others, and only what it could not is tried again. */
static bool is_broken_function(Stage *stage, const Err *refusal, bool *broken, Err *err)
{
    const char *params[] = {stage->table->name};
    PgRows *rows = NULL;
    *broken = !refusal->raised &&
              (strncmp(refusal->sqlstate, "42", 2) == 0 || strncmp(refusal->sqlstate, "3F", 2) == 0);
    if (!*broken)
        return true;
    if (!pg_row(stage->pg, sql_query("stage_refused_before"), 1, params, &rows, err))
        return false;
    *broken = !pg_bool(rows, 0, 0);
    pg_rows_free(rows);
    return true;
}

/* Find the records that cause the refusal and refuse them. Unless the rest is written already (*applied), what that
 * leaves must go through the keys again. Where no record is the cause while the known keys are deferred, the keys are
 * the cause: a trigger or an operator of the database compares them otherwise than the rules do. */
static bool resolve_refusals(Stage *stage, int64_t n, const Err *refusal, bool *applied, Err *err)
{
    LateRejects found = {0};
    bool ok = bisect_refusals(stage, apply_range, "ui", true, &found, applied, err);
    if (ok && !*applied && found.n == 0)
        ok = bisect_refusals(stage, apply_range, "ui", false, &found, applied, err);
    bool broken = false;
    if (ok && found.n == n)
        ok = is_broken_function(stage, refusal, &broken, err);
    if (ok && broken) {
        err_sqlstate(err, refusal->sqlstate);
        ok = err_set(err, refusal->code, refusal->hint, "%s: %s", stage->table->name, refusal->message);
    }
    if (ok && !*applied && found.n == 0)
        ok = err_set(err, ERR_DATABASE, "check the triggers and constraints of the table",
                     "%s: the database refuses the records together but none of them alone: %s", stage->table->name,
                     refusal->message);
    ok = ok && stage_reject_late(stage, &found, err) && (*applied || rules_enforce(stage, err));
    late_rejects_free(&found);
    return ok;
}

static bool count_written(Stage *stage, Err *err)
{
    Counts counts;
    if (!count_live(stage, &counts, err))
        return false;
    stage->inserted = counts.inserts;
    stage->updated = counts.updates;
    return true;
}

static bool apply_live(Stage *stage, Err *err)
{
    Pg *pg = stage->pg;
    for (bool applied = false; !applied;) {
        Counts counts;
        Err refusal = {0};
        if (!count_live(stage, &counts, err))
            return false;
        if (counts.inserts + counts.updates == 0)
            return true;
        if (!pg_savepoint(pg, "artsync_apply", err))
            return false;
        applied = apply_whole(stage, &counts, &refusal);
        if (applied) {
            if (!pg_release(pg, "artsync_apply", err))
                return false;
            break;
        }
        if (!pg_refusal(&refusal)) {
            *err = refusal;
            return err_context(err, "%s", stage->table->name);
        }
        bool ok = pg_rollback_to(pg, "artsync_apply", err) && (!counts.updates || check_statement(stage, 'u', err)) &&
                  (!counts.inserts || check_statement(stage, 'i', err)) &&
                  resolve_refusals(stage, counts.inserts + counts.updates, &refusal, &applied, err);
        err_clear(&refusal);
        if (!ok)
            return false;
    }
    return count_written(stage, err);
}

bool stage_apply(Stage *stage, Err *err)
{
    if (stage->live == 0)
        return true;
    progress_phase("checking keys");
    if (!pg_run(stage->pg, sql_query("stage_analyze"), 0, NULL, NULL, err) || !rules_enforce(stage, err))
        return false;
    progress_phase("writing");
    return apply_live(stage, err) && (stage->inserted + stage->updated == 0 || made_read_back(stage, 1, err));
}

bool stage_deactivate(Stage *stage, int64_t n, LateRejects *refused, Err *err)
{
    Pg *pg = stage->pg;
    Err refusal = {0};
    bool applied = false;
    progress_phase("deactivating");
    if (!pg_savepoint(pg, "artsync_apply", err))
        return false;
    if (apply_range(stage, 'd', 0, stage->seq, n, &refusal) &&
        pg_write(pg, sql_query("constraints_immediate"), NULL, &refusal))
        return pg_release(pg, "artsync_apply", err) && made_read_back(stage, stage->seq - n + 1, err);
    if (!pg_refusal(&refusal)) {
        *err = refusal;
        return err_context(err, "%s", stage->table->name);
    }
    bool ok = pg_rollback_to(pg, "artsync_apply", err) && check_statement(stage, 'd', err) &&
              bisect_refusals(stage, apply_range, "d", false, refused, &applied, err);
    if (ok && !applied)
        ok = err_set(err, ERR_DATABASE, "check the triggers and constraints of the table",
                     "%s: the database refuses the deactivations together but none of them alone: %s",
                     stage->table->name, refusal.message);
    err_clear(&refusal);
    return ok && stage_withdraw(stage, refused, err) && made_read_back(stage, stage->seq - n + 1, err);
}

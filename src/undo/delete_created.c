/* delete_created.c - rollback of created rows: deleted if they were not changed and no row refers to them, else
 * kept. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "internal.h"

/* Write the rows out as history and delete them; a refusal of the database undoes both. */
static bool delete_rows(Undo *undo, const char *const *ids, int n, Err *err)
{
    Stage *stage = &undo->stage;
    Buf array = {0}, note = {0}, delete = {0};
    sql_array(&array, ids, n);
    const char *params[] = {array.data, PG_INT(stage->log_id), PG_INT(undo->of_log)};
    plan_note_deleted(&note, stage->table);
    plan_delete(&delete, stage->table, array.data);
    int64_t deleted = 0;
    bool ok = (stage->log_id == 0 || pg_run(stage->pg, note.data, 3, params, NULL, err)) &&
              pg_write(stage->pg, delete.data, &deleted, err) &&
              pg_write(stage->pg, sql_query("constraints_immediate"), NULL, err);
    if (ok && deleted != n)
        ok = err_refusal(err, "a trigger or rule of the database kept the row");
    buf_free(&array);
    buf_free(&note);
    buf_free(&delete);
    return ok;
}

static bool keep_row(Undo *undo, const char *id, const char *reason, Err *err)
{
    undo->kept++;
    return undo_detail(undo, id, "kept", NULL, reason, err);
}

/* Delete what may be deleted, halving where the database refuses. */
static bool remove_range(Undo *undo, const char *const *ids, int n, Err *err)
{
    Pg *pg = undo->stage.pg;
    Err refusal = {0};
    if (n == 0)
        return true;
    if (!pg_savepoint(pg, "artsync_delete", err))
        return false;
    if (delete_rows(undo, ids, n, &refusal)) {
        bool ok = pg_release(pg, "artsync_delete", err);
        undo->deleted += n;
        for (int i = 0; ok && i < n; i++)
            ok = undo_detail(undo, ids[i], "deleted", NULL, NULL, err);
        return ok;
    }
    if (!pg_refusal(&refusal)) {
        *err = refusal;
        return false;
    }
    bool ok = pg_rollback_to(pg, "artsync_delete", err);
    if (ok && n == 1)
        ok = keep_row(undo, ids[0], refusal.message, err);
    else if (ok)
        ok = remove_range(undo, ids, n / 2, err) && remove_range(undo, ids + n / 2, n - n / 2, err);
    err_clear(&refusal);
    return ok;
}

/* Sort a page of created rows into those to delete and those to keep. */
static bool take_page(Undo *undo, const PgRows *rows, Err *err)
{
    const char **ids = mem_alloc(sizeof *ids * (size_t)pg_count(rows));
    int n = 0;
    bool ok = true;
    Arena arena = {0};
    for (int r = 0; ok && r < pg_count(rows); r++) {
        const char *id = pg_get(rows, r, 0), *referring = pg_get(rows, r, 2);
        if (!pg_bool(rows, r, 1))
            ok = keep_row(undo, id,
                          undo->stage.table->metadata[META_UPDATED_AT]
                              ? "the row was changed after the sync had created it"
                              : "the table has no updated_at, so artsync cannot tell whether the row was changed since",
                          err);
        else if (*referring)
            ok = keep_row(undo, id, arena_printf(&arena, "rows of %s refer to it", referring), err);
        else
            ids[n++] = id;
    }
    ok = ok && remove_range(undo, ids, n, err);
    arena_free(&arena);
    free(ids);
    return ok;
}

bool delete_created_rows(Undo *undo, Err *err)
{
    Pg *pg = undo->stage.pg;
    char *after = mem_dup(""), *locked = NULL;
    const char *lock_params[] = {PG_INT(undo->of_log)};
    Buf sql = {0};
    plan_lock_created(&sql, undo->stage.table);
    bool ok = pg_value(pg, sql.data, 1, lock_params, &locked, err);
    buf_clear(&sql);
    plan_created(&sql, undo->stage.table);
    for (int n = BATCH_RECORDS; ok && n == BATCH_RECORDS;) {
        PgRows *rows = NULL;
        const char *params[] = {PG_INT(undo->of_log), after, PG_INT(BATCH_RECORDS)};
        ok = pg_query(pg, sql.data, 3, params, &rows, err);
        n = ok ? pg_count(rows) : 0;
        if (n > 0) {
            free(after);
            after = mem_dup(pg_get(rows, n - 1, 0));
            ok = take_page(undo, rows, err);
        }
        pg_rows_free(rows);
    }
    free(locked);
    free(after);
    buf_free(&sql);
    return ok;
}

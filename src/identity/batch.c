/* batch.c - records that wait for their rows: copies of them, and their rows and state read in one statement. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/plan.h"
#include "artsync/stage.h"
#include "artsync/writer.h"

static const char *copy_text(Arena *arena, const char *text) { return text ? arena_str(arena, text) : NULL; }

static Value *copy_values(Arena *arena, const Value *values, int n)
{
    Value *copy = arena_alloc(arena, sizeof *copy * (size_t)(n + 1));
    for (int i = 0; i < n; i++) {
        copy[i] = values[i];
        if (values[i].text)
            copy[i].text = arena_str(arena, values[i].text);
    }
    return copy;
}

void batch_add(Batch *batch, const Item *item, int n_columns)
{
    ARRAY_RESERVE(batch->items, batch->n, batch->cap);
    Arena *arena = &batch->arena;
    Item *copy = &batch->items[batch->n++];
    *copy = *item;
    copy->id = copy_text(arena, item->id);
    copy->at_id = copy_text(arena, item->at_id);
    copy->values = item->reject.code ? NULL : copy_values(arena, item->values, n_columns);
    copy->reject = (Reject){item->reject.code, item->reject.column, copy_text(arena, item->reject.value),
                            copy_text(arena, item->reject.reason)};
}

bool batch_is_full(const Batch *batch) { return batch->n >= BATCH_RECORDS || batch->arena.used >= BATCH_BYTES; }

void batch_clear(Batch *batch)
{
    batch->n = 0;
    arena_reset(&batch->arena);
}

void batch_free(Batch *batch)
{
    free(batch->items);
    arena_free(&batch->arena);
    *batch = (Batch){0};
}

/* ---- their rows ---- */

const char *row_value(const PgRows *rows, int row, const Column *column)
{
    const char *text = pg_get(rows, row, ROWS_COLUMNS + column->index);
    return text && (*text || column->from_database) ? text : NULL;
}

/* The ids of the records from *next on that have a row or state, and their places in the batch: at most `most`. */
static int ids_from(const Batch *batch, RecordIndex *index, int *next, const char **ids, int *item_of, int *at)
{
    int n = 0;
    for (; *next < batch->n && n < batch->page.most; ++*next) {
        const Item *item = &batch->items[*next];
        at[*next] = -1;
        if (item->reject.code)
            continue;
        const IndexedRecord *entry = record_index_find(index, str_of(item_row_id(item)));
        if (entry && (entry->flags & (RECORD_ROW | RECORD_STATE))) {
            item_of[n] = *next;
            ids[n++] = item_row_id(item);
        }
    }
    return n;
}

/* Full pages of a large table: the planner would read the whole table for each of them, which takes the square of the
 * time. */
static bool is_by_index(const TableRun *run, int n)
{
    return n > BATCH_RECORDS / 2 && record_index_rows(run->index) > 4 * (int64_t)BATCH_RECORDS &&
           !run->table->updates_only; /* whose id need not be unique */
}

static bool query_rows(const TableRun *run, const char *const *ids, int n, PgRows **rows, Err *err)
{
    Buf sql = {0}, array = {0};
    bool by_index = is_by_index(run, n);
    plan_rows(&sql, run->table);
    sql_array(&array, ids, n);
    const char *params[] = {array.data, PG_INT(BATCH_BYTES)};
    bool ok = (!by_index || pg_script(run->pg, sql_query("joins_in_order"), err)) &&
              pg_query(run->pg, sql.data, 2, params, rows, err) &&
              (!by_index || pg_script(run->pg, sql_query("joins_default"), err));
    buf_free(&sql);
    buf_free(&array);
    return ok;
}

bool batch_read_rows(Batch *batch, const TableRun *run, int *next, PgRows **rows, int *at, Err *err)
{
    Page *page = &batch->page;
    if (page->most == 0)
        *page = page_first();
    const char **ids = mem_alloc(sizeof *ids * (size_t)page->most);
    int *item_of = mem_alloc(sizeof *item_of * (size_t)page->most);
    int n = ids_from(batch, run->index, next, ids, item_of, at);
    bool ok = true;
    *rows = NULL;
    if (n > 0) {
        ok = query_rows(run, ids, n, rows, err);
        int got = ok ? pg_count(*rows) : 0;
        for (int r = 0; r < got; r++)
            at[item_of[pg_int(*rows, r, ROWS_N) - 1]] = r;
        if (ok && got < n)
            *next = item_of[got]; /* its row did not fit any more */
        if (got < n || n == page->most)
            page_next(page, got);
    }
    free(ids);
    free(item_of);
    return ok;
}

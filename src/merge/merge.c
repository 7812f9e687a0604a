/* merge.c - the writer: records in batches, each decided over with its row, then what is staged is written. */
#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/embed.h"
#include "internal.h"

/* Rows that people made active again do not count as deactivated by a sync any more: if people deactivate one later, it
 * stays so. */
static bool clear_deactivated(Merge *merge, Err *err)
{
    if (record_index_clear_deactivated(merge->run->index) == 0)
        return true;
    Buf sql = {0};
    plan_state_clear_deactivated(&sql, merge->run->table);
    bool ok = pg_run(merge->run->pg, sql.data, 0, NULL, NULL, err);
    buf_free(&sql);
    return ok;
}

static bool begin(void **writer, TableRun *run, const void *options, Err *err)
{
    Merge *merge = *writer = mem_alloc(sizeof *merge);
    merge->run = run;
    merge->options = *(const MergeOptions *)options;
    merge->stage = merge->options.stage;
    merge->stage->layouts = &merge->layouts;
    merge->stage->links = run->links;
    return clear_deactivated(merge, err) && layouts_load(&merge->layouts, run->pg, run->table, err);
}

/* Stage the items from `from` on, up to *next. */
static bool stage_page(Merge *merge, int from, int *next, int *at, Err *err)
{
    Stage *stage = merge->stage;
    PgRows *rows = NULL;
    Buf lines = {0};
    int64_t before = stage->seq;
    bool ok = batch_read_rows(&merge->batch, merge->run, next, &rows, at, err);
    for (int i = from; ok && i < *next; i++)
        ok = merge_record(merge, &lines, &merge->batch.items[i], rows, at[i], err);
    ok = ok && stage_copy(stage, &lines, stage->seq - before, err);
    buf_free(&lines);
    pg_rows_free(rows);
    return ok;
}

static bool flush(Merge *merge, Err *err)
{
    Batch *batch = &merge->batch;
    if (batch->n == 0)
        return true;
    layouts_read_under(&merge->layouts, merge->run->header.rules);
    int *at = mem_alloc(sizeof *at * (size_t)batch->n);
    bool ok = true;
    for (int from = 0, next = 0; ok && next < batch->n; from = next)
        ok = stage_page(merge, from, &next, at, err);
    free(at);
    batch_clear(batch);
    return ok;
}

/* Of a table that is only updated, a record without a row, whatever its cells hold. */
static bool is_not_found(const Merge *merge, const Item *item)
{
    if (!merge->run->table->updates_only || !item->id)
        return false;
    const IndexedRecord *row = record_index_find(merge->run->index, str_of(item_row_id(item)));
    return !row || !(row->flags & RECORD_ROW);
}

static bool note_not_found(Merge *merge, const Item *item, Err *err)
{
    Buf line = {0};
    cells_add(&line, merge->run->table->name);
    cells_add(&line, item->id);
    merge->run->counts->not_found++;
    bool ok = spool_add(merge->options.not_found, line.data, err);
    buf_free(&line);
    return ok;
}

static bool put(void *writer, const Item *item, Err *err)
{
    Merge *merge = writer;
    if (is_not_found(merge, item))
        return note_not_found(merge, item, err);
    batch_add(&merge->batch, item, merge->run->table->n_columns);
    if (!item->reject.code)
        returned_note(merge, item);
    return !batch_is_full(&merge->batch) || flush(merge, err);
}

static bool finish(void *writer, Err *err)
{
    Merge *merge = writer;
    const MergeOptions *options = &merge->options;
    return flush(merge, err) && (!options->deactivates || deactivate_absent(merge, err)) && /* may free unique values */
           stage_apply(merge->stage, err) &&
           history_write(merge->stage, merge->run->counts, options->conflicts, options->changes, err) &&
           returned_write(merge, err);
}

static void free_merge(void *writer)
{
    Merge *merge = writer;
    if (!merge)
        return;
    layouts_free(&merge->layouts);
    batch_free(&merge->batch);
    returned_free(&merge->returned);
    arena_free(&merge->scratch);
    free(merge);
}

const RecordWriter merge_writer = {.name = "merge", .begin = begin, .put = put, .finish = finish, .free = free_merge};

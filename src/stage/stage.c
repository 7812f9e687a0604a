/* stage.c - the staging table: made when it is first needed, filled by COPY, gone with the transaction. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "internal.h"
#include "key_moves.h"

/* ---- keys ---- */

static uint64_t bits_of(const CatalogTable *catalog, const char *name)
{
    uint64_t bits = 0;
    for (int k = 0; k < catalog->n_keys; k++)
        for (int i = 0; i < catalog->keys[k].n_columns; i++)
            if (strcmp(catalog->columns[catalog->keys[k].columns[i]].name, name) == 0)
                bits |= key_bit(k);
    return bits;
}

uint64_t key_bits_of(Stage *stage, int column)
{
    const Table *table = stage->table;
    if (!stage->keys.bits) {
        stage->keys.bits = mem_alloc(sizeof *stage->keys.bits * (size_t)(table->n_columns + 2));
        for (int c = 0; c < table->n_columns; c++)
            stage->keys.bits[c] = bits_of(table->catalog, table->columns[c].name);
        stage->keys.bits[table->n_columns] = bits_of(table->catalog, table->id_column);
        if (table->metadata[META_ACTIVE])
            stage->keys.bits[table->n_columns + 1] = bits_of(table->catalog, table->metadata[META_ACTIVE]);
    }
    return stage->keys.bits[column >= 0 ? column : column == KEY_OF_ID ? table->n_columns : table->n_columns + 1];
}

static void count_new_keys(Stage *stage, uint64_t new_keys)
{
    for (int k = 0; new_keys && k < STAGE_KEYS; k++)
        stage->keys.new[k] += (new_keys & key_bit(k)) != 0;
}

void stage_put_row(Stage *stage, Buf *out, const StagingRow *row)
{
    stage->seq++;
    stage->live += row->op != 'r';
    count_new_keys(stage, row->new_keys);
    stage_row_text(out, stage, row);
}

void stage_reject(Stage *stage, Buf *out, const SourcePosition *position, const char *id, uint64_t raw, Reject reject,
                  const char *conflicts, int n_conflicts)
{
    stage_put_row(stage, out, &(StagingRow){.position = *position,
                                           .op = 'r', /* without rid and at_id: the column may not hold such an id */
                                           .id = id,
                                           .raw = &raw,
                                           .conflicts = conflicts,
                                           .n_conflicts = n_conflicts,
                                           .reject = reject});
}

/* ---- the table ---- */

Plan stage_plan(const Stage *stage)
{
    return (Plan){.table = stage->table, .present = stage->present, .adopts = stage->adopts,
                  .reactivates = stage->reactivates, .ordered = stage->keys.ordered, .undo = stage->undo};
}

bool stage_lock_table(Pg *pg, const Table *table, Err *err)
{
    Buf sql = {0};
    plan_lock(&sql, table);
    bool ok = pg_run(pg, sql.data, 0, NULL, NULL, err);
    if (!ok && err->code == ERR_TIMEOUT)
        err_context(err, "%s: another transaction kept the table", table->name);
    buf_free(&sql);
    return ok;
}

bool stage_open(Stage *stage, Err *err)
{
    if (stage->made)
        return true;
    Buf sql = {0};
    plan_stage(&sql, stage->table);
    stage->made = pg_run(stage->pg, sql.data, 0, NULL, NULL, err);
    buf_free(&sql);
    return stage->made;
}

bool stage_copy_in(Stage *stage, Err *err)
{
    return stage_open(stage, err) && pg_copy_in(stage->pg, sql_query("stage_copy"), err);
}

bool stage_copy(Stage *stage, const Buf *lines, int64_t n, Err *err)
{
    return n == 0 || (stage_copy_in(stage, err) && pg_copy_put(stage->pg, lines->data, lines->len, err) &&
                      pg_copy_done(stage->pg, n, err));
}

bool stage_drop(Stage *stage, Err *err)
{
    if (!stage->made)
        return true;
    stage->made = false;
    return pg_run(stage->pg, sql_query("stage_drop"), 0, NULL, NULL, err);
}

void stage_free(Stage *stage)
{
    free(stage->keys.bits);
    stage->keys.bits = NULL;
    key_moves_free(stage->keys.moves);
    stage->keys.moves = NULL;
}

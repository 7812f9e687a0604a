/* made.c - what the database made of the rows that were written: a trigger that normalizes, say. Where nothing had
 * edited a column, that is what the row holds after this sync, so it goes into the state (Slot.made) and into the
 * history. An edit that was kept stays an edit. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/facts.h"
#include "internal.h"
#include "plan_made.h"

enum { MADE_RECORDS = 500 }; /* that are looked at together, of which those come that fit BATCH_BYTES */

/* New state and history of some rows, as parameters of one UPDATE. */
typedef struct Rewritten {
    Arena arena;
    const char **seqs, **cols, **changes, **before;
    int n;
} Rewritten;

/* '' is NULL where the source cannot tell them apart. */
static const char *value_held(const Column *column, const char *text)
{
    return text && (*text || column->from_database) ? text : NULL;
}

static cJSON *text_or_null(const char *text) { return text ? cJSON_CreateString(text) : cJSON_CreateNull(); }

/* {"column": [before, after]}: after is what the row holds; a column that came out as it was has not changed. */
static void note_made(cJSON *changes, const char *column, const char *staged, const char *row)
{
    cJSON *pair = cJSON_GetObjectItemCaseSensitive(changes, column);
    if (!pair) {
        pair = cJSON_AddArrayToObject(changes, column);
        cJSON_AddItemToArray(pair, text_or_null(staged));
        cJSON_AddItemToArray(pair, text_or_null(row));
    } else {
        cJSON_ReplaceItemInArray(pair, 1, text_or_null(row));
    }
    const char *before = cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0));
    if (same_text(before, row))
        cJSON_DeleteItemFromObjectCaseSensitive(changes, column);
}

static bool was_ours(const Stage *stage, const Column *column, Slot slot, const char *staged, Arena *arena)
{
    uint64_t base = slot_base(slot);
    return slot.value && (row_meaning(stage->links, column, staged, arena) == base ||
                          (!(staged && !*staged) && value_hash(staged) == base));
}

/* False: nothing that matters was made of the row. */
static bool compare_row(const Stage *stage, const PgRows *rows, int r, Slot *slots, cJSON *changes, Arena *arena)
{
    const Table *table = stage->table;
    bool any = false;
    for (int c = 0; c < table->n_columns; c++) {
        const Column *column = &table->columns[c];
        const char *staged = value_held(column, pg_get(rows, r, MADE_COLUMNS + 2 * c));
        const char *row = value_held(column, pg_get(rows, r, MADE_COLUMNS + 2 * c + 1));
        if (same_text(staged, row) || !was_ours(stage, column, slots[c], staged, arena))
            continue;
        uint64_t made = row_meaning(stage->links, column, row, arena);
        slots[c].made = made == slots[c].value ? 0 : made;
        if (changes)
            note_made(changes, column->name, staged, row);
        any = true;
    }
    return any;
}

static bool read_row(const Stage *stage, const PgRows *rows, int r, Rewritten *out, Err *err)
{
    Slot *slots = arena_alloc(&out->arena, sizeof *slots * (size_t)(stage->layouts->n_slots + 1));
    if (!state_decode(stage->layouts, (int)pg_int(rows, r, MADE_LAYOUT), pg_get(rows, r, MADE_COLS), slots, err))
        return false;
    /* the state of a row that was deactivated was written earlier, maybe in another layout */
    Buf before = {0};
    if (*pg_get(rows, r, MADE_OP) == 'd')
        state_encode(&before, slots, stage->layouts->n_slots);
    cJSON *changes = pg_get(rows, r, MADE_CHANGES) ? cJSON_Parse(pg_get(rows, r, MADE_CHANGES)) : NULL;
    if (compare_row(stage, rows, r, slots, changes, &out->arena)) {
        Buf cols = {0};
        state_encode(&cols, slots, stage->layouts->n_slots);
        char *text = changes ? cJSON_PrintUnformatted(changes) : NULL;
        out->seqs[out->n] = pg_get(rows, r, MADE_SEQ);
        out->cols[out->n] = arena_str(&out->arena, cols.data);
        out->before[out->n] = before.len ? arena_str(&out->arena, before.data) : NULL;
        out->changes[out->n++] = text ? arena_str(&out->arena, text) : NULL;
        cJSON_free(text);
        buf_free(&cols);
    }
    buf_free(&before);
    cJSON_Delete(changes);
    return true;
}

static bool rewrite(Stage *stage, const Rewritten *made, Err *err)
{
    int id;
    if (made->n == 0)
        return true;
    if (!layouts_current(stage->layouts, stage->pg, &id, err))
        return false;
    Buf seqs = {0}, cols = {0}, changes = {0}, before = {0};
    sql_array(&seqs, made->seqs, made->n);
    sql_array(&cols, made->cols, made->n);
    sql_array(&changes, made->changes, made->n);
    sql_array(&before, made->before, made->n);
    const char *params[] = {seqs.data, cols.data, changes.data, before.data, PG_INT(id)};
    bool ok = pg_run(stage->pg, sql_query("made_write"), 5, params, NULL, err);
    buf_free(&seqs);
    buf_free(&cols);
    buf_free(&changes);
    buf_free(&before);
    return ok;
}

/* Rows of seq *first to `last`; *first becomes the seq behind those that were read. */
static bool read_part(Stage *stage, const char *sql, int64_t *first, int64_t last, Err *err)
{
    const char *params[] = {PG_INT(*first), PG_INT(last), PG_INT(BATCH_BYTES)};
    PgRows *rows = NULL;
    if (!pg_query(stage->pg, sql, 3, params, &rows, err))
        return false;
    int n = pg_count(rows);
    *first = n > 0 ? pg_int(rows, n - 1, MADE_SEQ) + 1 : last + 1;
    size_t size = sizeof(char *) * (size_t)(n + 1);
    Rewritten made = {.seqs = mem_alloc(size),
                      .cols = mem_alloc(size),
                      .changes = mem_alloc(size),
                      .before = mem_alloc(size)};
    bool ok = true;
    for (int r = 0; ok && r < n; r++)
        ok = read_row(stage, rows, r, &made, err);
    ok = ok && rewrite(stage, &made, err);
    free(made.seqs);
    free(made.cols);
    free(made.changes);
    free(made.before);
    arena_free(&made.arena);
    pg_rows_free(rows);
    return ok;
}

bool made_read_back(Stage *stage, int64_t first, Err *err)
{
    if (!stage->layouts || !stage->table->catalog->has_foreign_triggers)
        return true;
    Buf sql = {0};
    plan_made(&sql, stage->table);
    bool ok = pg_run(stage->pg, sql_query("made_index"), 0, NULL, NULL, err);
    while (ok && first <= stage->seq) {
        int64_t last = first + MADE_RECORDS - 1;
        while (ok && first <= last)
            ok = read_part(stage, sql.data, &first, last, err);
    }
    buf_free(&sql);
    return ok;
}

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

enum { MADE_RECORDS = 500 }; /* that are looked at together: their values are in memory twice */

/* New state and history of some rows, as parameters of one UPDATE. */
typedef struct Rewritten {
    Arena arena;
    const char **seqs, **cols, **changes;
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
    cJSON *changes = pg_get(rows, r, MADE_CHANGES) ? cJSON_Parse(pg_get(rows, r, MADE_CHANGES)) : NULL;
    if (compare_row(stage, rows, r, slots, changes, &out->arena)) {
        Buf cols = {0};
        state_encode(&cols, slots, stage->layouts->n_slots);
        char *text = changes ? cJSON_PrintUnformatted(changes) : NULL;
        out->seqs[out->n] = pg_get(rows, r, MADE_SEQ);
        out->cols[out->n] = arena_str(&out->arena, cols.data);
        out->changes[out->n++] = text ? arena_str(&out->arena, text) : NULL;
        cJSON_free(text);
        buf_free(&cols);
    }
    cJSON_Delete(changes);
    return true;
}

static bool rewrite(const Stage *stage, const Rewritten *made, Err *err)
{
    if (made->n == 0)
        return true;
    Buf seqs = {0}, cols = {0}, changes = {0};
    sql_array(&seqs, made->seqs, made->n);
    sql_array(&cols, made->cols, made->n);
    sql_array(&changes, made->changes, made->n);
    const char *params[] = {seqs.data, cols.data, changes.data};
    bool ok = pg_run(stage->pg, sql_query("made_write"), 3, params, NULL, err);
    buf_free(&seqs);
    buf_free(&cols);
    buf_free(&changes);
    return ok;
}

static bool read_range(const Stage *stage, const char *sql, int64_t first, Err *err)
{
    const char *params[] = {PG_INT(first), PG_INT(first + MADE_RECORDS - 1)};
    PgRows *rows = NULL;
    if (!pg_query(stage->pg, sql, 2, params, &rows, err))
        return false;
    size_t size = sizeof(char *) * (size_t)(pg_count(rows) + 1);
    Rewritten made = {.seqs = mem_alloc(size), .cols = mem_alloc(size), .changes = mem_alloc(size)};
    bool ok = true;
    for (int r = 0; ok && r < pg_count(rows); r++)
        ok = read_row(stage, rows, r, &made, err);
    ok = ok && rewrite(stage, &made, err);
    free(made.seqs);
    free(made.cols);
    free(made.changes);
    arena_free(&made.arena);
    pg_rows_free(rows);
    return ok;
}

bool made_read_back(Stage *stage, Err *err)
{
    if (!stage->layouts || stage->inserted + stage->updated == 0 || !stage->table->catalog->has_foreign_triggers)
        return true;
    Buf sql = {0};
    plan_made(&sql, stage->table);
    bool ok = pg_run(stage->pg, sql_query("made_index"), 0, NULL, NULL, err);
    for (int64_t first = 1; ok && first <= stage->seq; first += MADE_RECORDS)
        ok = read_range(stage, sql.data, first, err);
    buf_free(&sql);
    return ok;
}

/* undo.c - rollback of changes: a column goes back to what it was if it still holds what the sync wrote; what changed
 * since is kept and named. The last-synced state goes back with it, so that the next sync sees the change again. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/changes.h"
#include "artsync/clean.h"
#include "artsync/embed.h"
#include "artsync/facts.h"
#include "internal.h"

/* One change of the sync, beside the row and the state as they are now. */
typedef struct UndoRow {
    const PgRows *rows;
    int r;
    const char *id;        /* the row's id now */
    const char *id_before; /* before an adoption; else the same */
    const char **final;
    bool *kept;             /* per column, then per column that is not mapped any more: it is left as it is */
    const char **restored;  /* per column: what the sync wrote, "" for NULL, where that is put back; else NULL */
    int n_back, n_kept;
    uint64_t new_keys;       /* keys whose values go back */
    const char *active;    /* is_active is put back to this; NULL: not */
    bool active_kept;
    cJSON *since;          /* {"column": sync id}: the last run that changed it after this sync */
    cJSON *back;           /* {"column": [now, before]} */
} UndoRow;

static const char *pair_text(const cJSON *pair, int i) { return cJSON_GetStringValue(cJSON_GetArrayItem(pair, i)); }

static void note_back(UndoRow *row, const char *column, const char *now, const char *before)
{
    cJSON *pair = cJSON_AddArrayToObject(row->back, column);
    cJSON_AddItemToArray(pair, now ? cJSON_CreateString(now) : cJSON_CreateNull());
    cJSON_AddItemToArray(pair, before ? cJSON_CreateString(before) : cJSON_CreateNull());
    row->n_back++;
}

/* Who changed the column since: a later sync or rollback, or somebody in the database. */
static const char *who_changed(const UndoRow *row, const char *column, Arena *arena)
{
    const char *since = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row->since, column));
    return since ? arena_printf(arena, "changed since by sync %s", since) : "edited in the database since";
}

static bool keep_column(Undo *undo, UndoRow *row, const char *column, const char *wrote, const char *now,
                        const char *reason, Err *err)
{
    row->n_kept++;
    undo->kept++;
    if (!reason)
        reason = who_changed(row, column, &undo->scratch);
    Buf columns = {0};
    cells_add(&columns, column);
    cells_add(&columns, wrote);
    cells_add(&columns, now);
    bool ok = undo_detail(undo, row->id, "kept", &columns, reason, err);
    buf_free(&columns);
    return ok;
}

/* Equal under another type or scale is equal: the column may have changed since. A link is compared by its key. */
static bool is_same_value(Undo *undo, const Column *column, const char *a, const char *b)
{
    Arena *arena = &undo->scratch;
    if (same_text(a, b) || !a || !b || column->to)
        return same_text(a, b);
    uint64_t meaning = value_meaning(column, b, arena);
    return value_meaning(column, a, arena) == meaning || real_meaning(column, a, arena) == meaning;
}

static bool take_back(Undo *undo, UndoRow *row, const cJSON *pair, Err *err)
{
    const Table *table = undo->stage.table;
    const char *column = pair->string, *before = pair_text(pair, 0), *wrote = pair_text(pair, 1);
    if (!pg_bool(row->rows, row->r, UNDO_ROW))
        return keep_column(undo, row, column, wrote, NULL, "the row no longer exists", err);
    if (strcmp(column, table->id_column) == 0) {
        row->id_before = before;
        row->new_keys |= key_bits_of(&undo->stage, KEY_OF_ID);
        note_back(row, column, wrote, before);
        return true;
    }
    bool is_active = table->metadata[META_ACTIVE] && strcmp(column, table->metadata[META_ACTIVE]) == 0;
    int c = table_column_or_was(table, column);
    for (int i = table->n_columns; !is_active && c < 0 && i < undo->layouts.n_slots; i++)
        row->kept[i] |= strcmp(undo->layouts.names[i], column) == 0; /* its state as well */
    if (!is_active && c < 0)
        return keep_column(undo, row, column, wrote, NULL, "the column is not mapped any more", err);
    const char *now = is_active ? (pg_bool(row->rows, row->r, UNDO_ACTIVE) ? "t" : "f")
                                : pg_get(row->rows, row->r, UNDO_COLUMNS + c);
    if (is_active ? !same_text(now, wrote) : !is_same_value(undo, &table->columns[c], now, wrote)) {
        if (is_active)
            row->active_kept = true;
        else
            row->kept[c] = true;
        return keep_column(undo, row, column, wrote, now, NULL, err);
    }
    if (is_active) {
        row->active = before;
        row->new_keys |= key_bits_of(&undo->stage, KEY_OF_ACTIVE);
    } else {
        row->final[c] = before;
        row->restored[c] = wrote ? wrote : "";
        row->new_keys |= key_bits_of(&undo->stage, c);
    }
    note_back(row, column, now, before);
    return true;
}

/* Is the state what the sync left, also if a later one has written the same value in the present format? */
static bool is_still(Undo *undo, int column, Slot now, Slot after, const char *wrote)
{
    if (slot_means(now, after))
        return true;
    return wrote && !now.made && after.value == value_hash(wrote) &&
           now.value == value_meaning(&undo->stage.table->columns[column], wrote, &undo->scratch);
}

/* Did the sync read the same cell of a link otherwise? Under which rules it was read before is not known. */
static bool is_other_reading(const Layouts *layouts, int column, Slot before, Slot after)
{
    const Table *table = layouts->table;
    return column < table->n_columns && table->columns[column].to && before.cell == after.cell;
}

/* The state as it was before, for every column that is not kept and that no later sync moved on. Where the sync gave
 * the row its first state, that is: not known. Then the columns that it found as they were stay known, so that what
 * people have changed in them since is no conflict. */
static bool earlier_state(Undo *undo, const UndoRow *row, Slot *now, bool *moved, bool *rules_known, Err *err)
{
    const Layouts *layouts = &undo->layouts;
    const PgRows *rows = row->rows;
    int r = row->r, layout = (int)pg_int(rows, r, UNDO_LAYOUT);
    Slot *before = arena_alloc(&undo->scratch, sizeof *before * (size_t)(layouts->n_slots + 1));
    Slot *after = arena_alloc(&undo->scratch, sizeof *after * (size_t)(layouts->n_slots + 1));
    if (!state_decode(layouts, (int)pg_int(rows, r, UNDO_NOW_LAYOUT), pg_get(rows, r, UNDO_NOW_COLS), now, err))
        return false;
    if (!pg_get(rows, r, UNDO_AFTER))
        return true;
    bool first = !pg_get(rows, r, UNDO_BEFORE);
    if (!state_decode(layouts, layout, pg_get(rows, r, UNDO_BEFORE), before, err) ||
        !state_decode(layouts, layout, pg_get(rows, r, UNDO_AFTER), after, err))
        return false;
    for (int c = 0; c < layouts->n_slots; c++)
        if (!slot_means(before[c], after[c]) && is_still(undo, c, now[c], after[c], row->restored[c]) &&
            !row->kept[c] && (!first || row->restored[c])) {
            *rules_known = *rules_known && !is_other_reading(layouts, c, before[c], after[c]);
            now[c] = before[c];
            *moved = true;
        }
    return true;
}

/* The state stays under the rules that it was read under, so that the next sync knows what is a new reading. */
static bool find_layout(Undo *undo, const UndoRow *row, bool rules_known, int *layout, Err *err)
{
    Layouts *layouts = &undo->layouts;
    const struct Layout *now = layouts_find(layouts, (int)pg_int(row->rows, row->r, UNDO_NOW_LAYOUT));
    layouts_read_under(layouts, now && now->format == STATE_FORMAT && rules_known ? now->rules
                                                                                  : layouts->table->fingerprint);
    return layouts_current(layouts, undo->stage.pg, layout, err);
}

/* The row was not touched since: its stamps go back too, so that it is byte for byte what it was. */
static bool restores_timestamps(const UndoRow *row)
{
    return row->n_kept == 0 &&
           same_text(pg_get(row->rows, row->r, UNDO_AT), pg_get(row->rows, row->r, UNDO_NOW_UPDATED_AT)) &&
           (!pg_get(row->rows, row->r, UNDO_NOW_VERSION) || /* the table keeps none */
            pg_int(row->rows, row->r, UNDO_NOW_VERSION) == pg_int(row->rows, row->r, UNDO_VERSION) + 1);
}

/* Whether the row counts as deactivated by a sync goes back as well, unless is_active was changed since. */
static bool deactivated_before(const UndoRow *row)
{
    const PgRows *rows = row->rows;
    bool now = pg_bool(rows, row->r, UNDO_NOW_DEACTIVATED);
    bool unchanged = !row->active_kept && now == pg_bool(rows, row->r, UNDO_AFTER_DEACTIVATED);
    return unchanged && pg_get(rows, row->r, UNDO_BEFORE_DEACTIVATED) ? pg_bool(rows, row->r, UNDO_BEFORE_DEACTIVATED)
                                                                      : now;
}

static void stage_undo_row(Undo *undo, const UndoRow *row, const Slot *slots, char op, int layout, Buf *out)
{
    Stage *stage = &undo->stage;
    char *changes = cJSON_PrintUnformatted(row->back);
    stage_put_row(stage, out, &(StagingRow){.op = op,
                                       .id = row->id_before,
                                       .rid = row->id_before,
                                       .at_id = row->id,
                                       .cols = slots, /* and no raw: the next sync looks again */
                                       .layout = layout,
                                       .had_state = pg_bool(row->rows, row->r, UNDO_STATE),
                                       .after_deactivated = deactivated_before(row),
                                       .before_updated_at = pg_get(row->rows, row->r, UNDO_UPDATED_AT),
                                       .before_synced_at = pg_get(row->rows, row->r, UNDO_SYNCED_AT),
                                       .before_version = pg_get(row->rows, row->r, UNDO_VERSION),
                                       .changes = changes,
                                       .values = row->final,
                                       .new_keys = row->new_keys,
                                       .restore_timestamps = restores_timestamps(row),
                                       .active = row->active});
    cJSON_free(changes);
    stage->adopts |= row->id_before != row->id;
}

static bool undo_one(Undo *undo, const PgRows *rows, int r, Buf *out, Err *err)
{
    Stage *stage = &undo->stage;
    size_t n = (size_t)undo->layouts.n_slots + 1;
    arena_reset(&undo->scratch);
    UndoRow row = {.rows = rows, .r = r, .id = pg_get(rows, r, UNDO_ID)};
    row.id_before = row.id;
    row.final = arena_alloc(&undo->scratch, sizeof *row.final * n);
    row.kept = arena_alloc(&undo->scratch, sizeof *row.kept * n);
    row.restored = arena_alloc(&undo->scratch, sizeof *row.restored * n);
    row.back = cJSON_CreateObject();
    row.since = pg_get(rows, r, UNDO_SINCE) ? cJSON_Parse(pg_get(rows, r, UNDO_SINCE)) : NULL;
    for (int c = 0; c < stage->table->n_columns; c++)
        row.final[c] = pg_get(rows, r, UNDO_COLUMNS + c);
    cJSON *pairs = cJSON_Parse(pg_get(rows, r, UNDO_JSON));
    const cJSON *pair;
    bool ok = true;
    cJSON_ArrayForEach(pair, pairs) ok = ok && take_back(undo, &row, pair, err);

    Slot *slots = arena_alloc(&undo->scratch, sizeof *slots * (size_t)(undo->layouts.n_slots + 1));
    bool moved = false, rules_known = true;
    int layout = 0;
    ok = ok && earlier_state(undo, &row, slots, &moved, &rules_known, err);
    if (ok && (row.n_back > 0 || moved) && (ok = find_layout(undo, &row, rules_known, &layout, err)))
        stage_undo_row(undo, &row, slots, row.n_back > 0 ? 'u' : 's', layout, out);
    cJSON_Delete(row.back);
    cJSON_Delete(row.since);
    cJSON_Delete(pairs);
    return ok;
}

/* The sync's changes have ids above `after`, up to `last`. */
static bool changes_range(Undo *undo, int64_t *after, int64_t *last, Err *err)
{
    PgRows *rows = NULL;
    const char *params[] = {PG_INT(undo->of_log)};
    bool ok = pg_row(undo->stage.pg, sql_query("undo_range"), 1, params, &rows, err);
    if (ok) {
        *after = pg_int(rows, 0, 0);
        *last = pg_int(rows, 0, 1);
    }
    pg_rows_free(rows);
    return ok;
}

static bool stage_changes(Undo *undo, Err *err)
{
    Stage *stage = &undo->stage;
    int64_t after = 0, last = 0;
    Buf sql = {0}, lines = {0};
    plan_undo_rows(&sql, stage->table);
    bool ok = changes_range(undo, &after, &last, err);
    Page page = page_first();
    for (int n = 1; ok && n > 0; page_next(&page, n)) {
        PgRows *rows = NULL;
        const char *params[] = {PG_INT(undo->of_log), PG_INT(after), PG_INT(last), PG_INT(page.most),
                                PG_INT(BATCH_BYTES)};
        int64_t before = stage->seq;
        buf_clear(&lines);
        ok = pg_query(stage->pg, sql.data, 5, params, &rows, err);
        n = ok ? pg_count(rows) : 0;
        for (int r = 0; ok && r < n; r++)
            ok = undo_one(undo, rows, r, &lines, err);
        ok = ok && stage_copy(stage, &lines, stage->seq - before, err);
        if (n > 0)
            after = pg_int(rows, n - 1, UNDO_CHANGE);
        pg_rows_free(rows);
    }
    buf_free(&sql);
    buf_free(&lines);
    return ok;
}

/* Tell what went back, and what the database's own rules kept from going back. */
static bool report_stage(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    Undo *undo = ctx;
    Buf columns = {0};
    int changed = changed_columns(cells[1], &columns);
    if (cells[2])
        undo->kept += changed;
    else
        undo->reversed++;
    bool ok = undo_detail(undo, cells[0], cells[2] ? "kept" : "reversed", &columns, cells[2], err);
    buf_free(&columns);
    return ok;
}

static bool write_history_and_state(Undo *undo, Err *err)
{
    Stage *stage = &undo->stage;
    const char *params[] = {PG_INT(stage->log_id)};
    Buf state = {0};
    plan_state_update(&state, stage->table);
    bool ok = history_rename(stage, err) && history_write_changes(stage, err) &&
              pg_run(stage->pg, state.data, 1, params, NULL, err);
    buf_free(&state);
    return ok;
}

static bool forget_state(Undo *undo, Err *err)
{
    const char *params[] = {PG_INT(undo->of_log)};
    Buf sql = {0};
    plan_forget(&sql, undo->stage.table);
    bool ok = pg_run(undo->stage.pg, sql.data, 1, params, NULL, err);
    buf_free(&sql);
    return ok;
}

bool undo_changes(Undo *undo, Err *err)
{
    Stage *stage = &undo->stage;
    if (!stage_changes(undo, err))
        return false;
    if (stage->made &&
        !(stage_apply(stage, err) &&
          pg_each(stage->pg,
                  sql_query("stage_undone"), 0, NULL, report_stage, undo, err) &&
          write_history_and_state(undo, err) && stage_drop(stage, err)))
        return false;
    return forget_state(undo, err);
}

/* record.c - one record beside its row and its state: what is decided column by column, and what is staged for it. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "artsync/ascii.h"
#include "artsync/cells.h"
#include "artsync/changes.h"
#include "decide.h"
#include "internal.h"

/* Columns in which both sides changed. */
typedef struct Conflicts {
    Buf lines; /* records of CONFLICT_CELLS, one a line */
    int n;
    int n_overwritten;     /* by the mode: no conflicts */
    const Column *refused; /* --on-conflict reject: the first of them */
} Conflicts;

/* A record, its row and its state side by side, and what was decided about them. */
typedef struct MergeRow {
    const Item *item;
    const PgRows *rows;
    int row;                 /* in rows; -1: neither row nor state is there */
    bool has_row, has_state, was_deactivated, reactivates;
    Slot *before, *after;    /* of the state */
    FactsBasis basis;
    bool state_moved;        /* the state knows something else afterwards; a cell that is only spelled otherwise is
                                no such thing */
    const char **final;      /* the row's values afterwards */
    cJSON *changes;          /* {"column": [before, after]} or NULL */
    Conflicts conflicts;
    uint64_t new_keys;         /* keys whose values change */
} MergeRow;

static void note_change(cJSON **changes, const char *column, const char *from, const char *to)
{
    if (!*changes)
        *changes = cJSON_CreateObject();
    cJSON *pair = cJSON_AddArrayToObject(*changes, column);
    cJSON_AddItemToArray(pair, from ? cJSON_CreateString(from) : cJSON_CreateNull());
    cJSON_AddItemToArray(pair, to ? cJSON_CreateString(to) : cJSON_CreateNull());
}

static void note_conflict(MergeRow *c, const Table *table, const Column *column, const char *row, Verdict verdict)
{
    static const char *const resolutions[] = {[VERDICT_CONFLICT_WRITE] = "export",
                                              [VERDICT_CONFLICT_KEEP] = "database",
                                              [VERDICT_CONFLICT_REJECT] = "reject"};
    const char *cells[CONFLICT_CELLS] = {table->name, c->item->id, column->name, c->item->values[column->index].text,
                                         row, resolutions[verdict]};
    if (c->conflicts.lines.len)
        buf_char(&c->conflicts.lines, '\n');
    for (int i = 0; i < CONFLICT_CELLS; i++)
        cells_add(&c->conflicts.lines, cells[i]);
    c->conflicts.n++;
    if (verdict == VERDICT_CONFLICT_REJECT && !c->conflicts.refused)
        c->conflicts.refused = column;
}

static void decide_column(Merge *merge, MergeRow *c, const Column *column)
{
    int i = column->index;
    const Value *value = &c->item->values[i];
    const char *row = row_value(c->rows, c->row, column);
    const Slot *before = &c->before[i];
    Facts facts = facts_of(&c->basis, column, value, row, before);
    Verdict verdict = decide(merge->options.mode, merge->options.on_conflict, facts);
    if (column->type == FIELD_TEXT && row && value->text && excel_took_zeros(row, value->text) &&
        (verdict_writes(verdict) || verdict_conflicts(verdict)))
        cleaning_report_excel(merge->options.cleaning, merge->run->table, column->name, c->item->position.line,
                              EXCEL_ZEROS, str_of(value->text), row);
    if (verdict_writes(verdict)) {
        c->final[i] = value->text;
        c->new_keys |= key_bits_of(merge->stage, i);
        note_change(&c->changes, column->name, row, value->text);
    }
    if (verdict_conflicts(verdict))
        note_conflict(c, merge->run->table, column, row, verdict);
    c->conflicts.n_overwritten += verdict == VERDICT_OVERWRITE;
    c->after[i] = facts_slot(&facts, value, row, before, verdict_writes(verdict));
    c->state_moved |=
        value->present && (!facts.known || facts.reading_moved || (before->made && before->made != c->after[i].made));
}

static void decide_existing(Merge *merge, MergeRow *c)
{
    for (int i = 0; i < merge->run->table->n_columns; i++) {
        c->final[i] = pg_get(c->rows, c->row, ROWS_COLUMNS + i);
        decide_column(merge, c, &merge->run->table->columns[i]);
    }
    if (c->item->at_id) {
        c->new_keys |= key_bits_of(merge->stage, KEY_OF_ID);
        note_change(&c->changes, merge->run->table->id_column, c->item->at_id, c->item->id);
    }
    if (c->was_deactivated && !pg_bool(c->rows, c->row, ROWS_ACTIVE)) {
        c->reactivates = true;
        c->new_keys |= key_bits_of(merge->stage, KEY_OF_ACTIVE);
        note_change(&c->changes, merge->run->table->metadata[META_ACTIVE], "f", "t");
    }
}

static void decide_new(const Merge *merge, MergeRow *c)
{
    for (int i = 0; i < merge->run->table->n_columns; i++) {
        c->final[i] = c->item->values[i].text;
        c->after[i] = facts_first_slot(&merge->run->table->columns[i], &c->item->values[i]);
        if (merge->options.changes && c->item->values[i].present)
            note_change(&c->changes, merge->run->table->columns[i].name, NULL, c->final[i]);
    }
}

/* A new record with the id 7 where there is one with 007: a record that Excel has given another id. */
static void note_zeros_of_id(Merge *merge, const Item *item)
{
    enum { DIGITS = 20 };
    Str id = str_of(item->id);
    char padded[2 * DIGITS + 1];
    if (id.n == 0 || id.n >= DIGITS || id.p[0] == '0' || ascii_digits(id, 0) != id.n)
        return;
    memset(padded, '0', DIGITS);
    memcpy(padded + DIGITS, id.p, id.n + 1);
    for (int zeros = 1; zeros <= DIGITS - (int)id.n; zeros++)
        if (record_index_find(merge->run->index, str_of(padded + DIGITS - zeros)))
            cleaning_report_excel(merge->options.cleaning, merge->run->table, merge->run->table->id_column,
                                  item->position.line, EXCEL_ZEROS, id, padded + DIGITS - zeros);
}

/* ---- staging ---- */

static void stage_write(Merge *merge, Buf *out, const MergeRow *c, char op, int layout)
{
    const Item *item = c->item;
    char *changes = c->changes ? cJSON_PrintUnformatted(c->changes) : NULL;
    StagingRow line = {.position = item->position,
                      .op = op,
                      .id = item->id,
                      .rid = item->id,
                      .at_id = item_row_id(item),
                      .raw = &item->raw,
                      .cols = c->after,
                      .before_cols = c->has_state ? c->before : NULL,
                      .layout = layout,
                      .had_state = c->has_state,
                      .state_moved = c->has_state && c->state_moved,
                      .reactivates = c->reactivates,
                      .before_deactivated = c->was_deactivated,
                      .changes = changes,
                      .conflicts = c->conflicts.lines.len ? c->conflicts.lines.data : NULL,
                      .n_conflicts = c->conflicts.n,
                      .n_overwritten = c->conflicts.n_overwritten,
                      .values = c->final,
                  .new_keys = c->has_row ? c->new_keys : EVERY_KEY};
    if (c->has_row) {
        line.before_updated_at = pg_get(c->rows, c->row, ROWS_UPDATED_AT);
        line.before_synced_at = pg_get(c->rows, c->row, ROWS_SYNCED_AT);
        line.before_version = pg_get(c->rows, c->row, ROWS_VERSION);
    }
    stage_put_row(merge->stage, out, &line);
    cJSON_free(changes);
    merge->stage->adopts |= item->at_id != NULL;
    merge->stage->reactivates |= c->reactivates;
}

static bool same_slots(const Slot *a, const Slot *b, int n)
{
    for (int i = 0; i < n; i++)
        if (!slot_means(a[i], b[i]) || a[i].cell != b[i].cell)
            return false;
    return true;
}

/* What is to be done with a decided record: 'i' insert, 'u' update, 's' only its state, 0 nothing at all. */
static char operation(const MergeRow *c, const Merge *merge)
{
    if (!c->has_row)
        return 'i';
    if (c->changes)
        return 'u';
    bool written = c->has_state && !c->was_deactivated && pg_get(c->rows, c->row, ROWS_RAW);
    if (written && c->item->raw == (uint64_t)pg_int(c->rows, c->row, ROWS_RAW) &&
        same_slots(c->before, c->after, merge->layouts.n_slots))
        return 0;
    return 's';
}

bool merge_record(Merge *merge, Buf *out, const Item *item, const PgRows *rows, int row, Err *err)
{
    if (item->reject.code) {
        stage_reject(merge->stage, out, &item->position, item->id, item->raw, item->reject, NULL, 0);
        return true;
    }
    int n = merge->run->table->n_columns, n_slots = merge->layouts.n_slots;
    arena_reset(&merge->scratch);
    MergeRow c = {.item = item, .rows = rows, .row = row};
    c.before = arena_alloc(&merge->scratch, sizeof *c.before * (size_t)(n_slots + 1));
    c.after = arena_alloc(&merge->scratch, sizeof *c.after * (size_t)(n_slots + 1));
    c.final = arena_alloc(&merge->scratch, sizeof *c.final * (size_t)(n + 1));
    if (row >= 0) {
        c.has_row = pg_bool(rows, row, ROWS_ROW);
        c.has_state = pg_bool(rows, row, ROWS_STATE);
        c.was_deactivated = pg_bool(rows, row, ROWS_DEACTIVATED);
        c.basis = facts_basis(&merge->layouts, merge->run->links, rows, row, &merge->scratch);
        if (!state_decode(&merge->layouts, (int)pg_int(rows, row, ROWS_LAYOUT), pg_get(rows, row, ROWS_COLS), c.before,
                          err))
            return false;
    }
    for (int i = n; c.has_row && i < n_slots; i++)
        c.after[i] = c.before[i];
    if (c.has_row) {
        decide_existing(merge, &c);
    } else {
        decide_new(merge, &c);
        note_zeros_of_id(merge, item);
    }

    int layout = 0;
    bool ok = true;
    char op = operation(&c, merge);
    if (c.conflicts.refused) {
        const char *database = pg_get(rows, row, ROWS_COLUMNS + c.conflicts.refused->index);
        const char *export = item->values[c.conflicts.refused->index].text;
        Reject reject = {REJECT_CONFLICT, c.conflicts.refused->name, export,
                         arena_printf(&merge->scratch, "changed in the export and in the database (which has %s) since "
                                                      "the last sync, and conflicts are to be rejected",
                                      database ? database : "nothing")};
        stage_reject(merge->stage, out, &item->position, item->id, item->raw, reject, c.conflicts.lines.data,
                     c.conflicts.n);
    } else if (op == 0) {
        merge->run->counts->unchanged++;
    } else if ((ok = layouts_current(&merge->layouts, merge->run->pg, &layout, err))) {
        stage_write(merge, out, &c, op, layout);
    }
    cJSON_Delete(c.changes);
    buf_free(&c.conflicts.lines);
    return ok;
}

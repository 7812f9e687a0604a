/* batch.c - a full batch: read its rows and state in one statement, decide column by column, stage what results. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "decide.h"
#include "engine.h"

/* A record, its row and its state side by side, and what was decided about them. */
typedef struct Case {
    const Item *item;
    const PgRows *rows;
    int row;                 /* in rows; -1: neither row nor state is there */
    bool has_row, has_state, was_deactivated, reactivates;
    uint64_t *before, *after; /* slots of the state */
    const char **final;      /* the row's values afterwards */
    cJSON *changes;          /* {"column": [before, after]} or NULL */
    Buf conflicts;           /* JSON lines */
    int n_conflicts, n_overwritten;
    uint64_t claims;         /* keys whose values change */
    const Column *refused;   /* --on-conflict reject: the first column in conflict */
} Case;

static void note_change(cJSON **changes, const char *column, const char *from, const char *to)
{
    if (!*changes)
        *changes = cJSON_CreateObject();
    cJSON *pair = cJSON_AddArrayToObject(*changes, column);
    cJSON_AddItemToArray(pair, from ? cJSON_CreateString(from) : cJSON_CreateNull());
    cJSON_AddItemToArray(pair, to ? cJSON_CreateString(to) : cJSON_CreateNull());
}

static void json_string_or_null(cJSON *object, const char *key, const char *text)
{
    if (text)
        cJSON_AddStringToObject(object, key, text);
    else
        cJSON_AddNullToObject(object, key);
}

static void note_conflict(Case *c, const Table *table, const Column *column, const char *row, Verdict verdict)
{
    static const char *const resolutions[] = {
        [VERDICT_CONFLICT_WRITE] = "export", [VERDICT_CONFLICT_KEEP] = "database", [VERDICT_CONFLICT_REJECT] = "reject"};
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "table", table->name);
    cJSON_AddStringToObject(line, "id", c->item->id);
    cJSON_AddStringToObject(line, "column", column->name);
    json_string_or_null(line, "export", c->item->values[column->index].text);
    json_string_or_null(line, "database", row);
    cJSON_AddStringToObject(line, "resolution", resolutions[verdict]);
    char *text = cJSON_PrintUnformatted(line);
    if (c->conflicts.len)
        buf_char(&c->conflicts, '\n');
    buf_str(&c->conflicts, text);
    cJSON_free(text);
    cJSON_Delete(line);
    c->n_conflicts++;
    if (verdict == VERDICT_CONFLICT_REJECT && !c->refused)
        c->refused = column;
}

uint64_t batch_row_hash(const TableRun *turn, const Column *column, const char *row)
{
    const LinkIndex *links = column->to && row ? turn->run->links[column->to->index] : NULL;
    const char *id = links ? link_id_of_key(links, row) : NULL;
    return value_hash(id ? id : row);
}

static void decide_column(TableRun *turn, Case *c, const Column *column)
{
    int i = column->index;
    const Value *value = &c->item->values[i];
    const char *row = batch_row_value(c->rows, c->row, i);
    Facts facts = {
        .present = value->present,
        .equal = value->present && same_value(value->text, row),
        .row_null = row == NULL,
        .known = c->has_state && c->before[i] != 0,
        .attachments = column->type == FIELD_ATTACHMENTS,
    };
    facts.export_moved = facts.known && value->hash != c->before[i];
    facts.row_moved = facts.known && batch_row_hash(turn, column, row) != c->before[i];
    Verdict verdict = decide(turn->run->options->mode, turn->run->on_conflict, facts);
    if (verdict_writes(verdict)) {
        c->final[i] = value->text;
        c->claims |= key_bits_of(turn, i);
        note_change(&c->changes, column->name, row, value->text);
    }
    if (verdict_conflicts(verdict))
        note_conflict(c, turn->table, column, row, verdict);
    c->n_overwritten += verdict == VERDICT_OVERWRITE;
}

static void decide_existing(TableRun *turn, Case *c)
{
    for (int i = 0; i < turn->table->n_columns; i++) {
        c->final[i] = pg_get(c->rows, c->row, ROWS_COLUMNS + i);
        decide_column(turn, c, &turn->table->columns[i]);
    }
    if (c->item->at_id) {
        c->claims |= key_bits_of(turn, -1);
        note_change(&c->changes, turn->table->id_column, c->item->at_id, c->item->id);
    }
    if (c->was_deactivated && !pg_bool(c->rows, c->row, ROWS_ACTIVE)) {
        c->reactivates = true;
        note_change(&c->changes, turn->table->metadata[META_ACTIVE], "f", "t");
    }
}

static void decide_new(const TableRun *turn, Case *c)
{
    for (int i = 0; i < turn->table->n_columns; i++) {
        c->final[i] = c->item->values[i].text;
        if (turn->run->options->want_changes && c->item->values[i].present)
            note_change(&c->changes, turn->table->columns[i].name, NULL, c->final[i]);
    }
}

/* ---- staging ---- */

static const char *standing_id(const Item *item) { return item->at_id ? item->at_id : item->id; }

static void stage_write(TableRun *turn, Buf *out, const Case *c, char op, int layout)
{
    const Item *item = c->item;
    size_t size = sizeof *c->after * (size_t)turn->table->n_columns;
    char *changes = c->changes ? cJSON_PrintUnformatted(c->changes) : NULL;
    StagingRow line = {.position = item->position,
                      .op = op,
                      .id = item->id,
                      .rid = item->id,
                      .at_id = standing_id(item),
                      .raw = &item->raw,
                      .cols = c->after,
                      .before_cols = c->has_state ? c->before : NULL,
                      .layout = layout,
                      .had_state = c->has_state,
                      .state_moved = c->has_state && memcmp(c->before, c->after, size) != 0,
                      .reactivates = c->reactivates,
                      .before_deactivated = c->was_deactivated,
                      .changes = changes,
                      .conflicts = c->conflicts.len ? c->conflicts.data : NULL,
                      .n_conflicts = c->n_conflicts,
                      .n_overwritten = c->n_overwritten,
                      .values = c->final,
                  .claims = c->has_row ? c->claims : EVERY_KEY};
    if (c->has_row) {
        line.before_updated_at = pg_get(c->rows, c->row, ROWS_UPDATED_AT);
        line.before_synced_at = pg_get(c->rows, c->row, ROWS_SYNCED_AT);
        line.before_version = pg_get(c->rows, c->row, ROWS_VERSION);
    }
    stage_put_row(turn, out, &line);
    cJSON_free(changes);
    turn->adopts |= item->at_id != NULL;
    turn->reactivates |= c->reactivates;
}

/* What is to be done with a decided record: 'i' insert, 'u' update, 's' only its state, 0 nothing at all. */
static char operation(const Case *c, const TableRun *turn)
{
    if (!c->has_row)
        return 'i';
    if (c->changes)
        return 'u';
    bool stands = c->has_state && !c->was_deactivated && pg_get(c->rows, c->row, ROWS_RAW);
    size_t size = sizeof *c->after * (size_t)turn->table->n_columns;
    if (stands && c->item->raw == (uint64_t)pg_int(c->rows, c->row, ROWS_RAW) && memcmp(c->before, c->after, size) == 0)
        return 0;
    return 's';
}

static bool stage_item(TableRun *turn, Buf *out, const Item *item, const PgRows *rows, int row, Err *err)
{
    if (item->reject.code) {
        stage_reject(turn, out, &item->position, item->id, item->raw, item->reject, NULL, 0);
        return true;
    }
    int n = turn->table->n_columns;
    arena_reset(&turn->scratch);
    Case c = {.item = item, .rows = rows, .row = row};
    c.before = arena_alloc(&turn->scratch, sizeof *c.before * (size_t)(n + 1));
    c.after = arena_alloc(&turn->scratch, sizeof *c.after * (size_t)(n + 1));
    c.final = arena_alloc(&turn->scratch, sizeof *c.final * (size_t)(n + 1));
    if (row >= 0) {
        c.has_row = pg_bool(rows, row, ROWS_ROW);
        c.has_state = pg_bool(rows, row, ROWS_STATE);
        c.was_deactivated = pg_bool(rows, row, ROWS_DEACTIVATED);
        if (!state_decode(&turn->layouts, (int)pg_int(rows, row, ROWS_LAYOUT), pg_get(rows, row, ROWS_COLS), c.before, err))
            return false;
    }
    for (int i = 0; i < n; i++)
        c.after[i] = item->values[i].present ? item->values[i].hash : c.has_row ? c.before[i] : 0;
    if (c.has_row)
        decide_existing(turn, &c);
    else
        decide_new(turn, &c);

    int layout = 0;
    bool ok = true;
    char op = operation(&c, turn);
    if (c.refused) {
        const char *database = pg_get(rows, row, ROWS_COLUMNS + c.refused->index);
        const char *export = item->values[c.refused->index].text;
        Reject reject = {REJECT_CONFLICT, c.refused->name, export,
                         arena_printf(&turn->scratch, "changed in the export and in the database (which has %s) since "
                                                      "the last sync, and conflicts are to be rejected",
                                      database ? database : "nothing")};
        stage_reject(turn, out, &item->position, item->id, item->raw, reject, c.conflicts.data, c.n_conflicts);
    } else if (op == 0) {
        turn->counts->unchanged++;
    } else if ((ok = layouts_current(&turn->layouts, turn->run->pg, &layout, err))) {
        stage_write(turn, out, &c, op, layout);
    }
    cJSON_Delete(c.changes);
    buf_free(&c.conflicts);
    return ok;
}

/* ---- the batch ---- */

bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

bool same_value(const char *a, const char *b) { return same_text(a && *a ? a : NULL, b && *b ? b : NULL); }

/* A CSV cell cannot tell '' from NULL, so neither does comparing. */
const char *batch_row_value(const PgRows *rows, int row, int column)
{
    const char *text = pg_get(rows, row, ROWS_COLUMNS + column);
    return text && *text ? text : NULL;
}

/* The ids of the records from *next on that have a row or state, and their places in the batch: at most `most`. */
static int ids_from(const TableRun *turn, int *next, int most, const char **ids, int *item_of, int *at)
{
    const Batch *batch = &turn->batch;
    int n = 0;
    for (; *next < batch->n && n < most; ++*next) {
        const Item *item = &batch->items[*next];
        at[*next] = -1;
        if (item->reject.code)
            continue;
        const IndexedRecord *known = record_index_find(turn->known, str_of(standing_id(item)));
        if (known && (known->flags & (RECORD_ROW | RECORD_STATE))) {
            item_of[n] = *next;
            ids[n++] = standing_id(item);
        }
    }
    return n;
}

bool batch_read_rows(TableRun *turn, int *next, PgRows **rows, int *at, Err *err)
{
    if (turn->page.most == 0)
        turn->page = page_first();
    const char **ids = mem_alloc(sizeof *ids * (size_t)turn->page.most);
    int *item_of = mem_alloc(sizeof *item_of * (size_t)turn->page.most);
    int n = ids_from(turn, next, turn->page.most, ids, item_of, at);
    bool ok = true;
    *rows = NULL;
    if (n > 0) {
        Buf sql = {0}, array = {0};
        plan_rows(&sql, turn->table);
        sql_array(&array, ids, n);
        const char *params[] = {array.data, turn->page.bytes};
        ok = pg_query(turn->run->pg, sql.data, 2, params, rows, err);
        buf_free(&sql);
        buf_free(&array);
        int got = ok ? pg_count(*rows) : 0;
        for (int r = 0; r < got; r++)
            at[item_of[pg_int(*rows, r, ROWS_N) - 1]] = r;
        if (ok && got < n)
            *next = item_of[got]; /* its row did not fit any more */
        if (got < n || n == turn->page.most)
            page_next(&turn->page, got);
    }
    free(ids);
    free(item_of);
    return ok;
}

static bool load_batch(TableRun *turn, Err *err)
{
    for (int i = 0; i < turn->batch.n; i++)
        if (!load_item(turn, &turn->batch.items[i], err))
            return false;
    turn->batch.n = 0;
    arena_reset(&turn->batch.arena);
    return true;
}

/* Stage the items from `from` on, up to *next. */
static bool stage_page(TableRun *turn, int from, int *next, int *at, Err *err)
{
    PgRows *rows = NULL;
    Buf lines = {0};
    int64_t before = turn->seq;
    bool ok = batch_read_rows(turn, next, &rows, at, err);
    for (int i = from; ok && i < *next; i++)
        ok = stage_item(turn, &lines, &turn->batch.items[i], rows, at[i], err);
    ok = ok && stage_copy(turn, &lines, turn->seq - before, err);
    buf_free(&lines);
    pg_rows_free(rows);
    return ok;
}

bool batch_flush(TableRun *turn, Err *err)
{
    Batch *batch = &turn->batch;
    if (batch->n == 0)
        return true;
    if (turn->load)
        return load_batch(turn, err);
    if (turn->parity)
        return parity_batch(turn, err);
    int *at = mem_alloc(sizeof *at * (size_t)batch->n);
    bool ok = true;
    for (int from = 0, next = 0; ok && next < batch->n; from = next)
        ok = stage_page(turn, from, &next, at, err);
    free(at);
    batch->n = 0;
    arena_reset(&batch->arena);
    return ok;
}

void batch_free(Batch *batch)
{
    free(batch->items);
    arena_free(&batch->arena);
    *batch = (Batch){0};
}

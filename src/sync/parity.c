/* parity.c - a sync's records, compared with their rows instead of written. */
#include "artsync/parity.h"

#include <stdlib.h>

#include "artsync/csv.h"
#include "artsync/embed.h"
#include "artsync/interrupt.h"
#include "artsync/utf8.h"
#include "engine.h"

enum { VALUE_MAX = 1000 }; /* bytes of a value in a sample */

static const struct {
    const char *name, *words;
} causes[PARITY_CAUSES] = {
    [PARITY_EDITED] = {"edited_in_database", "edited in the database"},
    [PARITY_NEWER] = {"newer_in_export", "newer in the export"},
    [PARITY_BOTH] = {"both", "changed in both"},
    [PARITY_UNKNOWN] = {"never_synced", "never synced, so nobody can tell"},
};

const char *parity_cause_name(ParityCause cause) { return causes[cause].name; }
const char *parity_cause_words(ParityCause cause) { return causes[cause].words; }

/* ---- samples: the first few of each kind ---- */

typedef enum Kind { KIND_EXPORT, KIND_REJECTED, KIND_DATABASE, KIND_MADE_HERE, KIND_DIFFERING } Kind;

static cJSON *text_item(const char *text)
{
    if (!text)
        return cJSON_CreateNull();
    size_t n = strlen(text);
    if (n <= VALUE_MAX)
        return cJSON_CreateString(text);
    for (n = VALUE_MAX; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
        n--; /* not in the middle of a character */
    Buf cut = {0};
    buf_add(&cut, text, n);
    buf_str(&cut, "...");
    cJSON *item = cJSON_CreateString(cut.data);
    buf_free(&cut);
    return item;
}

/* A new entry of the sample, or NULL where enough of its kind are there. */
static cJSON *sample_add(ParityTable *parity, Kind kind, ParityCause cause, const char *id, const char *name)
{
    static const char *const names[] = {"only_in_export", "rejected", "only_in_database", "only_in_database",
                                        "differing"};
    int *taken = &parity->sampled[kind + (kind == KIND_DIFFERING ? (int)cause : 0)];
    if (*taken >= PARITY_SAMPLE)
        return NULL;
    ++*taken;
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "kind", names[kind]);
    cJSON_AddItemToObject(entry, "id", text_item(id));
    cJSON_AddItemToObject(entry, "name", text_item(name));
    cJSON_AddItemToArray(parity->sample, entry);
    return entry;
}

static const char *item_name(const TableRun *turn, const Item *item)
{
    int column = turn->table->name_column;
    return column >= 0 && item->values ? item->values[column].text : NULL;
}

/* ---- records ---- */

static bool has_row(const TableRun *turn, const char *id)
{
    const IndexedRecord *known = id ? record_index_find(turn->known, str_of(id)) : NULL;
    return known && (known->flags & RECORD_ROW);
}

static void note_rejected(TableRun *turn, const Item *item)
{
    ParityTable *parity = turn->parity;
    bool row = has_row(turn, item->id);
    parity->rejected++;
    parity->only_in_export += !row;
    cJSON *entry = sample_add(parity, row ? KIND_REJECTED : KIND_EXPORT, 0, item->id, NULL);
    if (!entry)
        return;
    cJSON_AddNumberToObject(entry, "line", (double)item->position.line);
    if (item->reject.column)
        cJSON_AddStringToObject(entry, "column", item->reject.column);
    if (item->reject.value)
        cJSON_AddItemToObject(entry, "value", text_item(item->reject.value));
    cJSON_AddItemToObject(entry, "rejected", text_item(item->reject.reason));
}

static void note_missing(TableRun *turn, const Item *item, const char *reject)
{
    turn->parity->only_in_export++;
    turn->parity->rejected += reject != NULL;
    cJSON *entry = sample_add(turn->parity, KIND_EXPORT, 0, item->id, item_name(turn, item));
    if (!entry)
        return;
    cJSON_AddNumberToObject(entry, "line", (double)item->position.line);
    if (reject)
        cJSON_AddItemToObject(entry, "rejected", text_item(reject));
}

static void note_cell(TableRun *turn, const Item *item, const char *column, const char *export, const char *database,
                      ParityCause cause)
{
    ParityTable *parity = turn->parity;
    parity->differing++;
    parity->by_cause[cause]++;
    cJSON *entry = sample_add(parity, KIND_DIFFERING, cause, item->id, item_name(turn, item));
    if (!entry)
        return;
    cJSON_AddNumberToObject(entry, "line", (double)item->position.line);
    cJSON_AddStringToObject(entry, "column", column);
    cJSON_AddItemToObject(entry, "export", text_item(export));
    cJSON_AddItemToObject(entry, "database", text_item(database));
    cJSON_AddStringToObject(entry, "cause", parity_cause_name(cause));
}

static ParityCause cause_of(const Value *value, uint64_t row, bool has_state, uint64_t state)
{
    if (!has_state || !state)
        return PARITY_UNKNOWN;
    bool export_moved = value->hash != state, row_moved = row != state;
    return !export_moved ? PARITY_EDITED : row_moved ? PARITY_BOTH : PARITY_NEWER;
}

static bool compare_item(TableRun *turn, const Item *item, const PgRows *rows, int row, Err *err)
{
    const Table *table = turn->table;
    int64_t before = turn->parity->differing;
    bool has_state = pg_bool(rows, row, ROWS_STATE), deactivated = pg_bool(rows, row, ROWS_DEACTIVATED);
    arena_reset(&turn->scratch);
    uint64_t *state = arena_alloc(&turn->scratch, sizeof *state * (size_t)(table->n_columns + 1));
    if (!state_decode(&turn->layouts, (int)pg_int(rows, row, ROWS_LAYOUT), pg_get(rows, row, ROWS_COLS), state, err))
        return false;
    for (int c = 0; c < table->n_columns; c++) {
        const Value *value = &item->values[c];
        const char *database = batch_row_value(rows, row, c);
        if (value->present && table->columns[c].type != FIELD_ATTACHMENTS && !same_value(value->text, database))
            note_cell(turn, item, table->columns[c].name, value->text, database,
                      cause_of(value, batch_row_hash(turn, &table->columns[c], database), has_state, state[c]));
    }
    if (item->at_id)
        note_cell(turn, item, table->id_column, item->id, item->at_id, PARITY_NEWER);
    if (!pg_bool(rows, row, ROWS_ACTIVE))
        note_cell(turn, item, table->metadata[META_ACTIVE], "t", "f", deactivated ? PARITY_NEWER : PARITY_EDITED);
    turn->parity->differing_rows += turn->parity->differing > before;
    return true;
}

/* Records without a row, some of which an earlier sync refused for what the database has (a unique key, say). */
static bool note_all_missing(TableRun *turn, const int *missing, int n, Err *err)
{
    if (n == 0)
        return true;
    const char **ids = mem_alloc(sizeof *ids * (size_t)n);
    const Batch *batch = &turn->batch;
    for (int i = 0; i < n; i++)
        ids[i] = batch->items[missing[i]].id;
    Buf array = {0};
    PgRows *rows = NULL;
    sql_array(&array, ids, n);
    const char *params[] = {turn->table->base->name, turn->table->name, array.data};
    bool ok = pg_query(turn->run->pg, sql_query("parity_rejects"), 3, params, &rows, err);
    RecordIndex *refused = record_index_new(); /* raw: 1 + the row in `rows` */
    for (int r = 0; ok && r < pg_count(rows); r++)
        record_index_add(refused, str_of(pg_get(rows, r, 0)))->raw = (uint64_t)r + 1;
    for (int i = 0; ok && i < n; i++) {
        const IndexedRecord *found = record_index_find(refused, str_of(ids[i]));
        note_missing(turn, &batch->items[missing[i]], found ? pg_get(rows, (int)found->raw - 1, 1) : NULL);
    }
    record_index_free(refused);
    pg_rows_free(rows);
    buf_free(&array);
    free(ids);
    return ok;
}

/* Compare the items from `from` on, up to *next; those without a row are added to missing[]. */
static bool compare_page(TableRun *turn, int from, int *next, int *at, int *missing, int *n_missing, Err *err)
{
    PgRows *rows = NULL;
    bool ok = interrupt_check(err) && batch_read_rows(turn, next, &rows, at, err);
    for (int i = from; ok && i < *next; i++) {
        const Item *item = &turn->batch.items[i];
        if (item->reject.code)
            note_rejected(turn, item);
        else if (at[i] >= 0 && pg_bool(rows, at[i], ROWS_ROW))
            ok = compare_item(turn, item, rows, at[i], err);
        else
            missing[(*n_missing)++] = i;
    }
    pg_rows_free(rows);
    return ok;
}

bool parity_batch(TableRun *turn, Err *err)
{
    Batch *batch = &turn->batch;
    int *at = mem_alloc(sizeof *at * (size_t)batch->n), *missing = mem_alloc(sizeof *missing * (size_t)batch->n), n = 0;
    bool ok = true;
    for (int from = 0, next = 0; ok && next < batch->n; from = next)
        ok = compare_page(turn, from, &next, at, missing, &n, err);
    ok = ok && note_all_missing(turn, missing, n, err);
    free(at);
    free(missing);
    batch->n = 0;
    arena_reset(&batch->arena);
    return ok;
}

/* ---- rows ---- */

static bool note_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    const TableRun *turn = ctx;
    const IndexedRecord *known = record_index_find(turn->known, str_of(cells[0]));
    if (!known || (known->flags & RECORD_PRESENT))
        return true;
    bool here = !(known->flags & RECORD_STATE);
    turn->parity->made_here += here;
    cJSON *entry = sample_add(turn->parity, here ? KIND_MADE_HERE : KIND_DATABASE, 0, cells[0], cells[1]);
    if (entry)
        cJSON_AddStringToObject(entry, "made_by", here ? "people" : "sync");
    return true;
}

static bool note_rows(TableRun *turn, Err *err)
{
    const Table *table = turn->table;
    turn->parity->only_in_database = record_index_active_unseen(turn->known);
    if (turn->parity->only_in_database == 0)
        return true;
    Buf sql = {0};
    sql_expand(&sql, table, "SELECT {id}::text, ");
    if (table->name_column >= 0)
        sql_ident(&sql, table->columns[table->name_column].name);
    else
        buf_str(&sql, "NULL");
    sql_expand(&sql, table, "::text FROM {table} AS t WHERE {active} ORDER BY 1");
    bool ok = pg_each(turn->run->pg, sql.data, 0, NULL, note_row, turn, err);
    buf_free(&sql);
    return ok;
}

/* ---- tables ---- */

static void note_not_compared(TableRun *turn, Arena *arena)
{
    const Table *table = turn->table;
    StringList *names = &turn->parity->not_compared;
    names->items = arena_alloc(arena, sizeof *names->items * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        if (table->columns[c].type == FIELD_ATTACHMENTS || !cleaner_has_column(turn->cleaner, c))
            names->items[names->n++] = table->columns[c].name;
}

static bool compare_table(Run *run, ParityTable *parity, Arena *arena, Err *err)
{
    SyncTable counts = {.table = parity->table, .path = parity->path, .file = parity->file};
    memcpy(counts.sha256, parity->sha256, sizeof counts.sha256);
    TableRun turn = {
        .run = run, .table = parity->table, .counts = &counts, .path = parity->path, .asked = -1, .parity = parity};
    parity->sample = cJSON_CreateArray();
    bool ok = table_run_prepare(&turn, err) && table_run_stream(&turn, err) && note_rows(&turn, err);
    if (ok) {
        note_not_compared(&turn, arena);
        parity->records = counts.read;
        parity->skipped_records = counts.skipped_records;
        parity->rows = record_index_active_rows(turn.known);
    }
    table_run_free(&turn);
    return ok || err_context(err, "%s", parity->table->name);
}

static bool find_files(Parity *out, const Base *base, const char *export_dir, Err *err)
{
    out->tables = arena_alloc(&out->arena, sizeof *out->tables * (size_t)(base->n_tables + 1));
    for (out->n = 0; out->n < base->n_tables; out->n++) {
        ParityTable *t = &out->tables[out->n];
        t->table = &base->tables[out->n];
        t->file = t->table->file;
        t->path = arena_printf(&out->arena, "%s/%s", export_dir, t->file);
        if (!csv_hash(t->path, t->sha256, err))
            return err_context(err, "%s", t->table->name);
    }
    return true;
}

bool parity_run(Pg *pg, const Base *base, const char *export_dir, Parity *out, Err *err)
{
    /* merge: a record that is as last time is compared all the same, since its row may have been edited */
    const SyncOptions options = {.mode = SYNC_MERGE, .export_dir = export_dir, .dry_run = true};
    *out = (Parity){0};
    Run run = {.pg = pg, .base = base, .options = &options};
    run.links = mem_alloc(sizeof *run.links * (size_t)base->n_tables);
    bool ok = find_files(out, base, export_dir, err);
    for (int i = 0; ok && i < out->n; i++)
        ok = compare_table(&run, &out->tables[i], &out->arena, err);
    for (int i = 0; i < base->n_tables; i++)
        link_index_free(run.links[i]);
    free(run.links);
    return ok;
}

static bool table_is_equal(const ParityTable *t)
{
    return t->only_in_export == 0 && t->rejected == 0 && t->only_in_database == 0 && t->differing == 0;
}

bool parity_equal(const Parity *parity)
{
    for (int i = 0; i < parity->n; i++)
        if (!table_is_equal(&parity->tables[i]))
            return false;
    return true;
}

void parity_free(Parity *parity)
{
    for (int i = 0; i < parity->n; i++)
        cJSON_Delete(parity->tables[i].sample);
    arena_free(&parity->arena);
    *parity = (Parity){0};
}

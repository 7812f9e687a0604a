/* compare.c - the writer of a comparison: each record beside its row, nothing written. */
#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/embed.h"
#include "artsync/interrupt.h"
#include "artsync/facts.h"
#include "artsync/plan.h"
#include "internal.h"
#include "plan_compare.h"

typedef struct Compare {
    TableRun *run;
    ParityTable *parity;
    Layouts layouts;
    Batch batch;
    Arena scratch; /* one record */
} Compare;

enum { VALUE_MAX = 1000 }; /* bytes of a value in a sample */

/* ---- samples: the first few of each kind ---- */

typedef enum Kind { KIND_EXPORT, KIND_REJECTED, KIND_DATABASE, KIND_MADE_HERE, KIND_DIFFERING } Kind;

static void add_text(Buf *entry, const char *name, const char *text)
{
    cells_add(entry, name);
    size_t n = text ? strlen(text) : 0;
    if (n <= VALUE_MAX) {
        cells_add(entry, text);
        return;
    }
    for (n = VALUE_MAX; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
        n--; /* not in the middle of a character */
    Buf cut = {0};
    buf_add(&cut, text, n);
    buf_str(&cut, "...");
    cells_add(entry, cut.data);
    buf_free(&cut);
}

static void add_line(Buf *entry, const Compare *compare, const Item *item)
{
    if (compare->run->source->kind->without_lines)
        return;
    cells_add(entry, "line");
    cells_number(entry, item->position.line);
}

/* Begin an entry of the sample; false where enough of its kind are there. */
static bool sample_begin(Buf *entry, ParityTable *parity, Kind kind, ParityCause cause, const char *id,
                         const char *name)
{
    static const char *const names[] = {"only_in_export", "rejected", "only_in_database", "only_in_database",
                                        "differing"};
    int *taken = &parity->sample.taken[kind + (kind == KIND_DIFFERING ? (int)cause : 0)];
    if (*taken >= PARITY_SAMPLE)
        return false;
    ++*taken;
    add_text(entry, "kind", names[kind]);
    add_text(entry, "id", id);
    add_text(entry, "name", name);
    return true;
}

static void sample_end(Buf *entry, ParityTable *parity)
{
    cells_add(&parity->sample.cells, entry->data);
    buf_free(entry);
}

static const char *item_name(const Compare *compare, const Item *item)
{
    int column = compare->run->table->name_column;
    return column >= 0 && item->values ? item->values[column].text : NULL;
}

/* ---- records ---- */

static bool has_row(const Compare *compare, const char *id)
{
    const IndexedRecord *entry = id ? record_index_find(compare->run->index, str_of(id)) : NULL;
    return entry && (entry->flags & RECORD_ROW);
}

static void note_rejected(Compare *compare, const Item *item)
{
    ParityTable *parity = compare->parity;
    bool row = has_row(compare, item->id);
    if (compare->run->table->updates_only && item->id && !row) {
        parity->not_found++;
        return;
    }
    parity->rejected++;
    parity->only_in_export += !row;
    Buf entry = {0};
    if (!sample_begin(&entry, parity, row ? KIND_REJECTED : KIND_EXPORT, 0, item->id, NULL))
        return;
    add_line(&entry, compare, item);
    if (item->reject.column)
        add_text(&entry, "column", item->reject.column);
    if (item->reject.value)
        add_text(&entry, "value", item->reject.value);
    add_text(&entry, "rejected", item->reject.reason);
    sample_end(&entry, parity);
}

static void note_missing(Compare *compare, const Item *item, const char *reject)
{
    compare->parity->only_in_export++;
    compare->parity->rejected += reject != NULL;
    Buf entry = {0};
    if (!sample_begin(&entry, compare->parity, KIND_EXPORT, 0, item->id, item_name(compare, item)))
        return;
    add_line(&entry, compare, item);
    if (reject)
        add_text(&entry, "rejected", reject);
    sample_end(&entry, compare->parity);
}

static void note_cell(Compare *compare, const Item *item, const char *column, const char *export, const char *database,
                      ParityCause cause)
{
    ParityTable *parity = compare->parity;
    parity->differing++;
    parity->by_cause[cause]++;
    Buf entry = {0};
    if (!sample_begin(&entry, parity, KIND_DIFFERING, cause, item->id, item_name(compare, item)))
        return;
    add_line(&entry, compare, item);
    add_text(&entry, "column", column);
    add_text(&entry, "export", export);
    add_text(&entry, "database", database);
    add_text(&entry, "cause", parity_cause_name(cause));
    sample_end(&entry, parity);
}

static ParityCause cause_of(const Facts *facts)
{
    if (!facts->known)
        return PARITY_UNKNOWN;
    if (facts->reading_moved && facts->row_moved)
        return facts->export_moved ? PARITY_BOTH : PARITY_EDITED; /* a new reading of an old cell */
    return facts->reading_moved ? PARITY_NEWER : PARITY_EDITED;
}

/* What the database made of the value that the export still has is no difference. */
static void compare_cell(Compare *compare, const Item *item, const Column *column, const char *row, const Slot *slot,
                         const FactsBasis *basis)
{
    const Value *value = &item->values[column->index];
    if (!value->present || column->type == FIELD_ATTACHMENTS)
        return;
    Facts facts = facts_of(basis, column, value, row, slot);
    if (facts.equal)
        return;
    if (facts.known && !facts.reading_moved && !facts.row_moved)
        compare->parity->changed_by_database++;
    else
        note_cell(compare, item, column->name, value->text, row, cause_of(&facts));
}

static bool compare_item(Compare *compare, const Item *item, const PgRows *rows, int row, Err *err)
{
    const Table *table = compare->run->table;
    int64_t before = compare->parity->differing;
    bool deactivated = pg_bool(rows, row, ROWS_DEACTIVATED);
    arena_reset(&compare->scratch);
    Slot *slots = arena_alloc(&compare->scratch, sizeof *slots * (size_t)(compare->layouts.n_slots + 1));
    if (!state_decode(&compare->layouts, (int)pg_int(rows, row, ROWS_LAYOUT), pg_get(rows, row, ROWS_COLS), slots, err))
        return false;
    FactsBasis basis = facts_basis(&compare->layouts, compare->run->links, rows, row, &compare->scratch);
    for (int c = 0; c < table->n_columns; c++)
        compare_cell(compare, item, &table->columns[c], row_value(rows, row, &table->columns[c]), &slots[c], &basis);
    if (item->at_id)
        note_cell(compare, item, table->id_column, item->id, item->at_id, PARITY_NEWER);
    if (!pg_bool(rows, row, ROWS_ACTIVE))
        note_cell(compare, item, table->metadata[META_ACTIVE], "t", "f", deactivated ? PARITY_NEWER : PARITY_EDITED);
    compare->parity->differing_rows += compare->parity->differing > before;
    return true;
}

/* Records without a row, some of which an earlier sync refused for what the database has (a unique key, say). */
static bool note_all_missing(Compare *compare, const int *missing, int n, Err *err)
{
    if (n == 0)
        return true;
    const char **ids = mem_alloc(sizeof *ids * (size_t)n);
    const Batch *batch = &compare->batch;
    for (int i = 0; i < n; i++)
        ids[i] = batch->items[missing[i]].id;
    Buf array = {0};
    PgRows *rows = NULL;
    sql_array(&array, ids, n);
    const char *params[] = {compare->run->table->base->name, compare->run->table->name, array.data};
    bool ok = pg_query(compare->run->pg, sql_query("parity_rejects"), 3, params, &rows, err);
    RecordIndex *refused = record_index_new(); /* raw: 1 + the row in `rows` */
    for (int r = 0; ok && r < pg_count(rows); r++)
        record_index_add(refused, str_of(pg_get(rows, r, 0)))->raw = (uint64_t)r + 1;
    for (int i = 0; ok && i < n; i++) {
        const IndexedRecord *found = record_index_find(refused, str_of(ids[i]));
        note_missing(compare, &batch->items[missing[i]], found ? pg_get(rows, (int)found->raw - 1, 1) : NULL);
    }
    record_index_free(refused);
    pg_rows_free(rows);
    buf_free(&array);
    free(ids);
    return ok;
}

/* Compare the items from `from` on, up to *next; those without a row are added to missing[]. */
static bool compare_page(Compare *compare, int from, int *next, int *at, int *missing, int *n_missing, Err *err)
{
    PgRows *rows = NULL;
    bool ok = interrupt_check(err) && batch_read_rows(&compare->batch, compare->run, next, &rows, at, err);
    for (int i = from; ok && i < *next; i++) {
        const Item *item = &compare->batch.items[i];
        if (item->reject.code)
            note_rejected(compare, item);
        else if (at[i] >= 0 && pg_bool(rows, at[i], ROWS_ROW))
            ok = compare_item(compare, item, rows, at[i], err);
        else if (compare->run->table->updates_only)
            compare->parity->not_found++;
        else
            missing[(*n_missing)++] = i;
    }
    pg_rows_free(rows);
    return ok;
}

static bool flush(Compare *compare, Err *err)
{
    Batch *batch = &compare->batch;
    if (batch->n == 0)
        return true;
    layouts_read_under(&compare->layouts, compare->run->header.rules);
    int *at = mem_alloc(sizeof *at * (size_t)batch->n), *missing = mem_alloc(sizeof *missing * (size_t)batch->n), n = 0;
    bool ok = true;
    for (int from = 0, next = 0; ok && next < batch->n; from = next)
        ok = compare_page(compare, from, &next, at, missing, &n, err);
    ok = ok && note_all_missing(compare, missing, n, err);
    free(at);
    free(missing);
    batch_clear(batch);
    return ok;
}

/* ---- rows ---- */

static bool note_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    const Compare *compare = ctx;
    const IndexedRecord *entry = record_index_find(compare->run->index, str_of(cells[0]));
    if (!entry || (entry->flags & RECORD_PRESENT))
        return true;
    bool here = !(entry->flags & RECORD_STATE);
    compare->parity->made_here += here;
    Buf line = {0};
    if (sample_begin(&line, compare->parity, here ? KIND_MADE_HERE : KIND_DATABASE, 0, cells[0], cells[1])) {
        add_text(&line, "made_by", here ? "people" : "sync");
        sample_end(&line, compare->parity);
    }
    return true;
}

static bool note_rows(Compare *compare, Err *err)
{
    compare->parity->only_in_database = record_index_active_unseen(compare->run->index);
    if (compare->parity->only_in_database == 0)
        return true;
    Buf sql = {0};
    plan_active_rows(&sql, compare->run->table);
    bool ok = pg_each(compare->run->pg, sql.data, 0, NULL, note_row, compare, err);
    buf_free(&sql);
    return ok;
}

/* ---- the writer ---- */

static bool begin(void **writer, TableRun *run, const void *options, Err *err)
{
    Compare *compare = *writer = mem_alloc(sizeof *compare);
    compare->run = run;
    compare->parity = ((const CompareOptions *)options)->parity;
    return layouts_load(&compare->layouts, run->pg, run->table, err);
}

static bool put(void *writer, const Item *item, Err *err)
{
    Compare *compare = writer;
    batch_add(&compare->batch, item, compare->run->table->n_columns);
    return !batch_is_full(&compare->batch) || flush(compare, err);
}

static bool finish(void *writer, Err *err) { return flush(writer, err) && note_rows(writer, err); }

static void free_compare(void *writer)
{
    Compare *compare = writer;
    if (!compare)
        return;
    layouts_free(&compare->layouts);
    batch_free(&compare->batch);
    arena_free(&compare->scratch);
    free(compare);
}

const RecordWriter compare_writer = {
    .name = "compare", .begin = begin, .put = put, .finish = finish, .free = free_compare};

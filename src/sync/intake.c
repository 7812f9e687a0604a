/* intake.c - the sink of the cleaner: who is this record, do we know it already, and into the batch with it. */
#include "artsync/utf8.h"
#include "engine.h"

bool intake_header(TableRun *turn, Err *err)
{
    const Table *table = turn->table;
    turn->present = mem_alloc(sizeof *turn->present * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        turn->present[c] = cleaner_has_column(turn->cleaner, c);
    bool has_id = cleaner_has_id(turn->cleaner);
    if (table->n_natural_key == 0 || (has_id && !record_index_has_generated_ids(turn->known)))
        return true;
    return natural_load(&turn->natural, turn->run->pg, table, has_id, err) &&
           (has_id || former_load(&turn->former, turn->run->pg, table, err));
}

/* Can the id column hold this id? Sets turn->refusal if not. */
static bool id_fits(TableRun *turn, const char *id)
{
    const CatalogTable *catalog = turn->table->catalog;
    const CatalogColumn *column = &catalog->columns[catalog_column(catalog, turn->table->id_column)];
    size_t n = utf8_length(str_of(id));
    if (column->type.length == 0 || n <= (size_t)column->type.length)
        return true;
    Arena *arena = &turn->batch.arena;
    turn->refusal = (Reject){REJECT_TOO_LONG, turn->table->id_column, arena_str(arena, id),
                             arena_printf(arena, "the id has %zu characters, the column holds %d", n, column->type.length)};
    return false;
}

/* The derived id of a record without a row. One whose row has got a real id since is not given to a second row: the state
 * of a link could stand for either. */
static const char *derive_id(TableRun *turn, const Record *record)
{
    const char *id;
    unsigned attempt = 0;
    do
        id = natural_derive(turn->table, record->values, attempt++, &turn->batch.arena);
    while (former_taken(&turn->former, id));
    return id;
}

/* The id of a record: its own, or that of the row with its natural key, or one derived from the key. NULL with
 * turn->refusal set: it has none. */
static const char *identify(TableRun *turn, const Record *record)
{
    if (record->id)
        return id_fits(turn, record->id) ? record->id : NULL;
    const char *id = NULL;
    const Column *key = &turn->table->columns[turn->table->natural_key[0]];
    switch (natural_find(turn->natural, turn->table, record->values, &id)) {
    case NATURAL_FOUND:
        return id;
    case NATURAL_NONE:
        return derive_id(turn, record);
    case NATURAL_AMBIGUOUS:
        turn->refusal = (Reject){REJECT_KEY_AMBIGUOUS, key->name, NULL,
                                 "the file has no record ids and several rows have this natural key; export the "
                                 "record id, or make the rows tell apart"};
        return NULL;
    default:
        turn->refusal = (Reject){REJECT_NO_ID, key->name, NULL,
                                 "the file has no record ids and this record's natural key is empty"};
        return NULL;
    }
}

static void warn(TableRun *turn, int64_t line, const char *text)
{
    if (turn->report)
        cleaning_report_warn(turn->report, turn->table, turn->table->id_column, line, NULL, text);
}

/* A refused record, by its id and its cells. */
static IndexedRecord *refused_at(TableRun *turn, const Record *record)
{
    size_t n = strlen(turn->identity);
    char *key = arena_alloc(&turn->batch.arena, n + sizeof record->raw);
    memcpy(mempcpy(key, turn->identity, n), &record->raw, sizeof record->raw);
    return record_index_add(turn->bad, (Str){key, n + sizeof record->raw});
}

/* The same cells came before under this id, whether they were accepted or refused. */
static bool is_repeated(TableRun *turn, const IndexedRecord *known, const Record *record)
{
    if ((known->flags & RECORD_ACCEPTED) && known->raw == record->raw)
        return true;
    return (known->flags & RECORD_REFUSED) && (refused_at(turn, record)->flags & RECORD_REFUSED);
}

/* The record has the id from here on: a later one with other cells is a repeat. */
static void accept(IndexedRecord *known, const Record *record)
{
    known->raw = record->raw;
    known->flags |= RECORD_ACCEPTED;
}

static bool known_record(void *ctx, const Record *record, bool *unchanged, Err *err)
{
    (void)err;
    TableRun *turn = ctx;
    turn->counts->read++;
    turn->asked = record->position.number;
    turn->refusal = (Reject){0};
    turn->entry = NULL;
    turn->identity = identify(turn, record);
    if (!turn->identity) {
        turn->unreadable_id = true;
        return true;
    }
    IndexedRecord *known = record_index_add(turn->known, str_of(turn->identity));
    turn->entry = known;
    known->flags |= RECORD_PRESENT | RECORD_READ;
    if (is_repeated(turn, known, record)) {
        turn->counts->skipped_records++;
        warn(turn, record->position.line, "the same record stands in the file twice; the repeat is skipped");
        *unchanged = true;
        return true;
    }
    if (known->flags & RECORD_ACCEPTED) {
        turn->refusal = (Reject){REJECT_REPEATED_ID, turn->table->id_column,
                                 arena_str(&turn->batch.arena, turn->identity),
                                 "an earlier record of the file has this id and other cells; the first one counts"};
        return true;
    }
    const uint32_t settled = RECORD_STATE | RECORD_ROW | RECORD_RAW;
    if (turn->run->options->mode == SYNC_INCREMENTAL && (known->flags & settled) == settled &&
        !(known->flags & RECORD_DEACTIVATED) && known->raw == record->raw) {
        turn->counts->unchanged++;
        *unchanged = true;
        accept(known, record);
    }
    return true;
}

/* A record that was refused before it could be asked about: it counts as read, and as present if it has an id. */
static void note_rejected_record(TableRun *turn, const Record *record)
{
    turn->counts->read++;
    turn->refusal = (Reject){0};
    turn->entry = NULL;
    turn->identity = record->id;
    /* the id of a record with too few or too many cells is a guess: it counts only if the table knows it */
    if (record->id && strcmp(record->reject.code, REJECT_FIELDS) == 0) {
        const IndexedRecord *known = record_index_find(turn->known, str_of(record->id));
        if (!known || !(known->flags & (RECORD_STATE | RECORD_ROW)))
            turn->identity = NULL;
    }
    if (!turn->identity) {
        turn->unreadable_id = true;
        return;
    }
    record_index_add(turn->known, str_of(record->id))->flags |= RECORD_PRESENT | RECORD_READ;
}

/* A row with a derived or generated id and this record's natural key is the record's own: take it over. */
static const char *adopted_row(TableRun *turn, const Record *record)
{
    if (!turn->natural || !record->id || (record_index_add(turn->known, str_of(record->id))->flags & RECORD_ROW))
        return NULL;
    const char *id = NULL;
    if (natural_find(turn->natural, turn->table, record->values, &id) != NATURAL_FOUND)
        return NULL;
    IndexedRecord *row = record_index_add(turn->known, str_of(id));
    if (row->flags & RECORD_READ)
        return NULL;
    row->flags |= RECORD_PRESENT | RECORD_READ | RECORD_ACCEPTED;
    return id;
}

static Reject copy_reject(Arena *arena, Reject r)
{
    return (Reject){r.code, r.column, r.value ? arena_str(arena, r.value) : NULL,
                    r.reason ? arena_str(arena, r.reason) : NULL};
}

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

static bool is_link_reject(const char *code)
{
    return code && (strcmp(code, REJECT_LINK_MISSING) == 0 || strcmp(code, REJECT_LINK_AMBIGUOUS) == 0 ||
                    strcmp(code, REJECT_LINK_MULTIPLE) == 0);
}

/* A record that is refused or skipped may be the one that a row with a derived or generated id stands for: nobody looked at
 * its natural key. */
static bool may_have_generated_id(const TableRun *turn, const char *id)
{
    const IndexedRecord *known = record_index_find(turn->known, str_of(id));
    return turn->natural && natural_count(turn->natural) > 0 && !(known && (known->flags & RECORD_ROW));
}

/* A record with bad cells does not take its id: one with good cells may follow. It is remembered for its repeats. */
static void update_entry(TableRun *turn, const Record *record)
{
    if (!turn->entry || turn->refusal.code)
        return;
    if (!record->reject.code) {
        accept(turn->entry, record);
        return;
    }
    turn->entry->flags |= RECORD_REFUSED;
    refused_at(turn, record)->flags |= RECORD_REFUSED;
}

static bool put_record(void *ctx, const Record *record, Err *err)
{
    TableRun *turn = ctx;
    if (turn->asked != record->position.number)
        note_rejected_record(turn, record);
    update_entry(turn, record);
    Batch *batch = &turn->batch;
    ARRAY_ROOM(batch->items, batch->n, batch->cap);
    Item *item = &batch->items[batch->n++];
    *item = (Item){.position = record->position, .raw = record->raw};
    bool copies = !turn->load; /* a first load passes each record on at once */
    item->id = turn->identity && copies ? arena_str(&batch->arena, turn->identity) : turn->identity;
    item->reject = turn->refusal.code ? turn->refusal : copy_reject(&batch->arena, record->reject);
    if (item->reject.code) {
        turn->keep_generated_ids |= item->id && may_have_generated_id(turn, item->id);
        turn->link_rejects |= is_link_reject(item->reject.code);
    } else {
        item->values = copies ? copy_values(&batch->arena, record->values, turn->table->n_columns) : record->values;
        item->at_id = adopted_row(turn, record);
        heirs_note(turn, record);
        if (!record->id && !(record_index_add(turn->known, str_of(item->id))->flags & RECORD_ROW))
            warn(turn, record->position.line, "the file has no record ids; the new row's id is derived from its natural key");
    }
    if (!copies || batch->n >= BATCH_RECORDS || batch->arena.used >= BATCH_BYTES)
        return batch_flush(turn, err);
    return true;
}

static bool skipped_record(void *ctx, const SourcePosition *place, const char *id, bool empty, Err *err)
{
    TableRun *turn = ctx;
    (void)place;
    (void)err;
    turn->counts->read++;
    turn->counts->skipped_records++;
    turn->unreadable_id |= !id && !empty;
    turn->keep_generated_ids |= id && may_have_generated_id(turn, id);
    if (id)
        record_index_add(turn->known, str_of(id))->flags |= RECORD_PRESENT;
    return true;
}

RecordSink intake_sink(TableRun *turn)
{
    return (RecordSink){.ctx = turn, .known = known_record, .put = put_record, .skipped = skipped_record};
}

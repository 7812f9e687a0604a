/* intake.c - the sink of the cleaner: who is this record, do we know it already, and into the batch with it. */
#include "artsync/utf8.h"
#include "engine.h"

bool intake_header(Turn *turn, Err *err)
{
    const Table *table = turn->table;
    turn->present = mem_alloc(sizeof *turn->present * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        turn->present[c] = cleaner_has_column(turn->cleaner, c);
    bool has_id = cleaner_has_id(turn->cleaner);
    if (table->n_natural_key == 0 || (has_id && !known_has_unreal(turn->known)))
        return true;
    return natural_load(&turn->natural, turn->run->pg, table, has_id, err) &&
           (has_id || former_load(&turn->former, turn->run->pg, table, err));
}

/* Can the id column hold this id? Sets turn->refusal if not. */
static bool id_fits(Turn *turn, const char *id)
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
static const char *derive_id(Turn *turn, const Record *record)
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
static const char *identify(Turn *turn, const Record *record)
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

static void warn(Turn *turn, int64_t line, const char *text)
{
    if (turn->report)
        cleaning_report_warn(turn->report, turn->table, turn->table->id_column, line, NULL, text);
}

/* A refused record, by its id and its cells. */
static KnownRecord *refused_at(Turn *turn, const Record *record)
{
    size_t n = strlen(turn->identity);
    char *key = arena_alloc(&turn->batch.arena, n + sizeof record->raw);
    memcpy(mempcpy(key, turn->identity, n), &record->raw, sizeof record->raw);
    return known_at(turn->bad, (Str){key, n + sizeof record->raw});
}

/* The same cells came before under this id, whether they were accepted or refused. */
static bool is_repeated(Turn *turn, const KnownRecord *known, const Record *record)
{
    if ((known->flags & KNOWN_ACCEPTED) && known->raw == record->raw)
        return true;
    return (known->flags & KNOWN_REFUSED) && (refused_at(turn, record)->flags & KNOWN_REFUSED);
}

/* The record has the id from here on: a later one with other cells is a repeat. */
static void accept(KnownRecord *known, const Record *record)
{
    known->raw = record->raw;
    known->flags |= KNOWN_ACCEPTED;
}

static bool known_record(void *ctx, const Record *record, bool *unchanged, Err *err)
{
    (void)err;
    Turn *turn = ctx;
    turn->counts->read++;
    turn->asked = record->place.number;
    turn->refusal = (Reject){0};
    turn->entry = NULL;
    turn->identity = identify(turn, record);
    if (!turn->identity) {
        turn->unreadable_id = true;
        return true;
    }
    KnownRecord *known = known_at(turn->known, str_of(turn->identity));
    turn->entry = known;
    known->flags |= KNOWN_PRESENT | KNOWN_READ;
    if (is_repeated(turn, known, record)) {
        turn->counts->skipped_records++;
        warn(turn, record->place.line, "the same record stands in the file twice; the repeat is skipped");
        *unchanged = true;
        return true;
    }
    if (known->flags & KNOWN_ACCEPTED) {
        turn->refusal = (Reject){REJECT_REPEATED_ID, turn->table->id_column,
                                 arena_str(&turn->batch.arena, turn->identity),
                                 "an earlier record of the file has this id and other cells; the first one counts"};
        return true;
    }
    const uint32_t settled = KNOWN_STATE | KNOWN_ROW | KNOWN_RAW;
    if (turn->run->options->mode == SYNC_INCREMENTAL && (known->flags & settled) == settled &&
        !(known->flags & KNOWN_DEACTIVATED) && known->raw == record->raw) {
        turn->counts->unchanged++;
        *unchanged = true;
        accept(known, record);
    }
    return true;
}

/* A record that was refused before it could be asked about: it counts as read, and as present if it has an id. */
static void meet_refused(Turn *turn, const Record *record)
{
    turn->counts->read++;
    turn->refusal = (Reject){0};
    turn->entry = NULL;
    turn->identity = record->id;
    /* the id of a record with too few or too many cells is a guess: it counts only if the table knows it */
    if (record->id && strcmp(record->reject.code, REJECT_FIELDS) == 0) {
        const KnownRecord *known = known_find(turn->known, str_of(record->id));
        if (!known || !(known->flags & (KNOWN_STATE | KNOWN_ROW)))
            turn->identity = NULL;
    }
    if (!turn->identity) {
        turn->unreadable_id = true;
        return;
    }
    known_at(turn->known, str_of(record->id))->flags |= KNOWN_PRESENT | KNOWN_READ;
}

/* A row with a derived or generated id and this record's natural key is the record's own: take it over. */
static const char *adopted_row(Turn *turn, const Record *record)
{
    if (!turn->natural || !record->id || (known_at(turn->known, str_of(record->id))->flags & KNOWN_ROW))
        return NULL;
    const char *id = NULL;
    if (natural_find(turn->natural, turn->table, record->values, &id) != NATURAL_FOUND)
        return NULL;
    KnownRecord *row = known_at(turn->known, str_of(id));
    if (row->flags & KNOWN_READ)
        return NULL;
    row->flags |= KNOWN_PRESENT | KNOWN_READ | KNOWN_ACCEPTED;
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
static bool may_be_unreal(const Turn *turn, const char *id)
{
    const KnownRecord *known = known_find(turn->known, str_of(id));
    return turn->natural && natural_count(turn->natural) > 0 && !(known && (known->flags & KNOWN_ROW));
}

/* A record with bad cells does not take its id: one with good cells may follow. It is remembered for its repeats. */
static void settle_id(Turn *turn, const Record *record)
{
    if (!turn->entry || turn->refusal.code)
        return;
    if (!record->reject.code) {
        accept(turn->entry, record);
        return;
    }
    turn->entry->flags |= KNOWN_REFUSED;
    refused_at(turn, record)->flags |= KNOWN_REFUSED;
}

static bool put_record(void *ctx, const Record *record, Err *err)
{
    Turn *turn = ctx;
    if (turn->asked != record->place.number)
        meet_refused(turn, record);
    settle_id(turn, record);
    Batch *batch = &turn->batch;
    ARRAY_ROOM(batch->items, batch->n, batch->cap);
    Item *item = &batch->items[batch->n++];
    *item = (Item){.place = record->place, .raw = record->raw};
    bool copies = !turn->load; /* a first load passes each record on at once */
    item->id = turn->identity && copies ? arena_str(&batch->arena, turn->identity) : turn->identity;
    item->reject = turn->refusal.code ? turn->refusal : copy_reject(&batch->arena, record->reject);
    if (item->reject.code) {
        turn->keep_unreal |= item->id && may_be_unreal(turn, item->id);
        turn->link_rejects |= is_link_reject(item->reject.code);
    } else {
        item->values = copies ? copy_values(&batch->arena, record->values, turn->table->n_columns) : record->values;
        item->at_id = adopted_row(turn, record);
        heirs_note(turn, record);
        if (!record->id && !(known_at(turn->known, str_of(item->id))->flags & KNOWN_ROW))
            warn(turn, record->place.line, "the file has no record ids; the new row's id is derived from its natural key");
    }
    if (!copies || batch->n >= BATCH_RECORDS || batch->arena.used >= BATCH_BYTES)
        return batch_flush(turn, err);
    return true;
}

static bool skipped_record(void *ctx, const Place *place, const char *id, bool empty, Err *err)
{
    Turn *turn = ctx;
    (void)place;
    (void)err;
    turn->counts->read++;
    turn->counts->skipped_records++;
    turn->unreadable_id |= !id && !empty;
    turn->keep_unreal |= id && may_be_unreal(turn, id);
    if (id)
        known_at(turn->known, str_of(id))->flags |= KNOWN_PRESENT;
    return true;
}

RecordSink intake_sink(Turn *turn)
{
    return (RecordSink){.ctx = turn, .known = known_record, .put = put_record, .skipped = skipped_record};
}

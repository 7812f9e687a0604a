/* intake.c - the sink of the cleaner: which row is this record's, is it as last time, and passes it on to the
 * writer. */
#include "artsync/utf8.h"
#include "intake.h"

/* Can the id column hold this id? Sets in->reject if not. */
static bool id_fits(Intake *in, const char *id)
{
    if (in->run->table->n_id_parts) /* its parts are columns of their own */
        return true;
    const CatalogTable *catalog = in->run->table->catalog;
    const CatalogColumn *column = &catalog->columns[catalog_column(catalog, in->run->table->id_column)];
    size_t n = utf8_length(str_of(id));
    if (column->type.length == 0 || n <= (size_t)column->type.length)
        return true;
    Arena *arena = &in->arena;
    in->reject =
        (Reject){REJECT_TOO_LONG, in->run->table->id_column, arena_str(arena, id),
                 arena_printf(arena, "the id has %zu characters, the column holds %d", n, column->type.length)};
    return false;
}

/* The derived id of a record without a row. One whose row has got a real id since is not given to a second row: the
 * state of a link could represent either. */
static const char *derive_id(Intake *in, const Record *record)
{
    const char *id;
    unsigned attempt = 0;
    do
        id = natural_derive(in->run->table, record->values, attempt++, &in->arena);
    while (former_taken(&in->former, id));
    return id;
}

/* The id of a record: its own, or that of the row with its natural key, or one derived from the key. NULL with
 * in->reject set: it has none. */
static const char *identify(Intake *in, const Record *record)
{
    if (record->id)
        return id_fits(in, record->id) ? record->id : NULL;
    const char *id = NULL;
    const Column *key = &in->run->table->columns[in->run->table->natural_key[0]];
    switch (natural_find(in->natural, in->run->table, record->values, &id)) {
    case NATURAL_FOUND:
        return id;
    case NATURAL_NONE:
        return derive_id(in, record);
    case NATURAL_AMBIGUOUS:
        in->reject = (Reject){REJECT_KEY_AMBIGUOUS, key->name, NULL,
                                 "the file has no record ids and several rows have this natural key; export the "
                                 "record id, or give the rows different natural keys"};
        return NULL;
    default:
        in->reject = (Reject){REJECT_NO_ID, key->name, NULL,
                                 "the file has no record ids and this record's natural key is empty"};
        return NULL;
    }
}

static void warn(Intake *in, int64_t line, const char *text)
{
    if (in->run->report && in->run->source->kind->without_lines)
        cleaning_report_warn_id(in->run->report, in->run->table, in->run->table->id_column, in->identity, line, NULL,
                                text);
    else if (in->run->report)
        cleaning_report_warn(in->run->report, in->run->table, in->run->table->id_column, line, NULL, text);
}

/* A refused record, by its id and its cells. */
static IndexedRecord *refused_at(Intake *in, const Record *record)
{
    size_t n = strlen(in->identity);
    char *key = arena_alloc(&in->arena, n + sizeof record->raw);
    memcpy(mempcpy(key, in->identity, n), &record->raw, sizeof record->raw);
    return record_index_add(in->rejected, (Str){key, n + sizeof record->raw});
}

/* The same cells were read before under this id, whether they were accepted or refused. */
static bool is_repeated(Intake *in, const IndexedRecord *entry, const Record *record)
{
    if ((entry->flags & RECORD_ACCEPTED) && entry->raw == record->raw)
        return true;
    return (entry->flags & RECORD_REFUSED) && (refused_at(in, record)->flags & RECORD_REFUSED);
}

/* The record has the id from here on: a later one with other cells is a repeat. */
static void accept(IndexedRecord *entry, const Record *record)
{
    entry->raw = record->raw;
    entry->flags |= RECORD_ACCEPTED;
}

static bool known_record(void *ctx, const Record *record, bool *unchanged, Err *err)
{
    (void)err;
    Intake *in = ctx;
    arena_reset(&in->arena);
    in->run->counts->read++;
    in->asked = record->position.number;
    in->reject = (Reject){0};
    in->entry = NULL;
    in->identity = identify(in, record);
    if (!in->identity) {
        in->run->seen.unreadable_id = true;
        return true;
    }
    IndexedRecord *entry = record_index_add(in->run->index, str_of(in->identity));
    in->entry = entry;
    entry->flags |= RECORD_PRESENT | RECORD_READ;
    if (is_repeated(in, entry, record)) {
        in->run->counts->skipped_records++;
        warn(in, record->position.line, "the same record is in the file twice; the second one is skipped");
        *unchanged = true;
        return true;
    }
    if (entry->flags & RECORD_ACCEPTED) {
        in->reject = (Reject){REJECT_REPEATED_ID, in->run->table->id_column,
                                 arena_str(&in->arena, in->identity),
                                 "an earlier record of the file has this id and other cells; the first one is used"};
        return true;
    }
    const uint32_t synced = RECORD_STATE | RECORD_ROW | RECORD_RAW;
    if (in->run->skips_unchanged && (entry->flags & synced) == synced &&
        !(entry->flags & RECORD_DEACTIVATED) && entry->raw == record->raw) {
        in->run->counts->unchanged++;
        *unchanged = true;
        accept(entry, record);
    }
    return true;
}

/* A record that was refused before it could be asked about: it counts as read, and as present if it has an id. */
static void note_rejected_record(Intake *in, const Record *record)
{
    in->run->counts->read++;
    in->reject = (Reject){0};
    in->entry = NULL;
    in->identity = record->id;
    /* the id of a record with too few or too many cells is a guess: it counts only if the table knows it */
    if (record->id && strcmp(record->reject.code, REJECT_FIELDS) == 0) {
        const IndexedRecord *entry = record_index_find(in->run->index, str_of(record->id));
        if (!entry || !(entry->flags & (RECORD_STATE | RECORD_ROW)))
            in->identity = NULL;
    }
    if (!in->identity) {
        in->run->seen.unreadable_id = true;
        return;
    }
    record_index_add(in->run->index, str_of(record->id))->flags |= RECORD_PRESENT | RECORD_READ;
}

/* A row with a derived or generated id and this record's natural key is the record's own: take it over. */
static const char *adopted_row(Intake *in, const Record *record)
{
    if (!in->natural || !record->id || (record_index_add(in->run->index, str_of(record->id))->flags & RECORD_ROW))
        return NULL;
    const char *id = NULL;
    if (natural_find(in->natural, in->run->table, record->values, &id) != NATURAL_FOUND)
        return NULL;
    IndexedRecord *row = record_index_add(in->run->index, str_of(id));
    if (row->flags & RECORD_READ)
        return NULL;
    row->flags |= RECORD_PRESENT | RECORD_READ | RECORD_ACCEPTED;
    return id;
}

static bool is_link_reject(const char *code)
{
    return code && (strcmp(code, REJECT_LINK_MISSING) == 0 || strcmp(code, REJECT_LINK_AMBIGUOUS) == 0 ||
                    strcmp(code, REJECT_LINK_MULTIPLE) == 0);
}

/* A record that is refused or skipped may be the one that a row with a derived or generated id represents: it was not
 * compared with its natural key. */
static bool may_have_generated_id(const Intake *in, const char *id)
{
    const IndexedRecord *entry = record_index_find(in->run->index, str_of(id));
    return in->natural && natural_count(in->natural) > 0 && !(entry && (entry->flags & RECORD_ROW));
}

/* A record with bad cells does not take its id: one with good cells may follow. It is remembered for its repeats. */
static void update_entry(Intake *in, const Record *record)
{
    if (!in->entry || in->reject.code)
        return;
    if (!record->reject.code) {
        accept(in->entry, record);
        return;
    }
    in->entry->flags |= RECORD_REFUSED;
    refused_at(in, record)->flags |= RECORD_REFUSED;
}

static bool put_record(void *ctx, const Record *record, Err *err)
{
    Intake *in = ctx;
    TableRun *run = in->run;
    if (in->asked != record->position.number)
        note_rejected_record(in, record);
    update_entry(in, record);
    Item item = {.position = record->position, .raw = record->raw, .id = in->identity};
    item.reject = in->reject.code ? in->reject : record->reject;
    if (item.reject.code) {
        run->seen.keep_generated_ids |= item.id && may_have_generated_id(in, item.id);
        run->seen.link_rejects |= is_link_reject(item.reject.code);
    } else {
        item.values = record->values;
        item.at_id = adopted_row(in, record);
        if (!record->id && !(record_index_add(run->index, str_of(item.id))->flags & RECORD_ROW))
            warn(in, record->position.line,
                 "the file has no record ids; the new row's id is derived from its natural key");
    }
    return in->kind->put(in->writer, &item, err);
}

static bool skipped_record(void *ctx, const SourcePosition *position, const char *id, bool empty, Err *err)
{
    Intake *in = ctx;
    TableRun *run = in->run;
    (void)position;
    (void)err;
    run->counts->read++;
    run->counts->skipped_records++;
    run->seen.unreadable_id |= !id && !empty;
    run->seen.keep_generated_ids |= id && may_have_generated_id(in, id);
    if (id)
        record_index_add(run->index, str_of(id))->flags |= RECORD_PRESENT;
    return true;
}

RecordSink intake_sink(Intake *in)
{
    return (RecordSink){.ctx = in, .known = known_record, .put = put_record, .skipped = skipped_record};
}

bool intake_begin(Intake *in, Err *err)
{
    TableRun *run = in->run;
    const Table *table = run->table;
    if (table->n_natural_key == 0 || (run->header.has_ids && !record_index_has_generated_ids(run->index)))
        return true;
    return natural_load(&in->natural, run->pg, table, run->header.has_ids, err) &&
           (run->header.has_ids || former_load(&in->former, run->pg, table, err));
}

void intake_free(Intake *in)
{
    record_index_free(in->rejected);
    natural_free(in->natural);
    former_free(&in->former);
    arena_free(&in->arena);
}

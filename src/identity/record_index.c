#include "artsync/record_index.h"

#include <endian.h>
#include <stdlib.h>
#include <xxhash.h>

#include "artsync/natural.h"
#include "plan_identity.h"

/* Records lie in the order in which they came. State, rows and file mostly agree on that order, so the record after the
 * last one that was asked for is tried first, and reading a million of them in turn walks through memory instead of
 * jumping about. The index is for the others; it is built when it is first needed. */
struct RecordIndex {
    IndexedRecord *records;
    size_t count, room;
    size_t last;      /* where the record asked for last stands */
    uint64_t *index;  /* open addressing: upper half of the hash, and the record's place + 1; 0: free */
    size_t capacity;  /* a power of two, or 0 */
    size_t indexed;   /* records[0 .. indexed) are in the index */
    int64_t id_sum;   /* of hashtext over the rows' ids */
    int64_t rows;
    bool has_generated;      /* some row's id is derived or generated */
};

enum { NOWHERE = -1 };

RecordIndex *record_index_new(void) { return mem_alloc(sizeof(RecordIndex)); }

void record_index_free(RecordIndex *known)
{
    if (!known)
        return;
    free(known->records);
    free(known->index);
    free(known);
}

static IndexedRecord key_of(Str id)
{
    XXH128_hash_t hash = XXH3_128bits(id.p, id.n);
    return (IndexedRecord){.id = hash.low64, .id_more = (uint32_t)hash.high64};
}

static bool same(const IndexedRecord *a, const IndexedRecord *b) { return a->id == b->id && a->id_more == b->id_more; }

/* ---- the index ---- */

static uint64_t tag_of(const IndexedRecord *key) { return key->id & 0xFFFFFFFF00000000; }

static void index_add(RecordIndex *known, size_t place)
{
    size_t mask = known->capacity - 1, i = (size_t)known->records[place].id & mask;
    while (known->index[i])
        i = (i + 1) & mask;
    known->index[i] = tag_of(&known->records[place]) | (uint64_t)(place + 1);
}

static void index_catch_up(RecordIndex *known)
{
    if (known->count * 4 >= known->capacity * 3) {
        known->capacity = known->capacity ? known->capacity : 1024;
        while (known->count * 4 >= known->capacity * 3)
            known->capacity *= 2;
        free(known->index);
        known->index = mem_alloc(known->capacity * sizeof *known->index);
        known->indexed = 0;
    }
    while (known->indexed < known->count)
        index_add(known, known->indexed++);
}

static int64_t index_find(const RecordIndex *known, const IndexedRecord *key)
{
    size_t mask = known->capacity - 1;
    for (size_t i = (size_t)key->id & mask; known->index[i]; i = (i + 1) & mask) {
        size_t place = (size_t)(uint32_t)known->index[i] - 1;
        if ((known->index[i] & 0xFFFFFFFF00000000) == tag_of(key) && same(&known->records[place], key))
            return (int64_t)place;
    }
    return NOWHERE;
}

/* ---- records ---- */

static int64_t find(RecordIndex *known, const IndexedRecord *key)
{
    for (size_t place = known->last; place < known->last + 2 && place < known->count; place++)
        if (same(&known->records[place], key))
            return (int64_t)place;
    index_catch_up(known);
    return index_find(known, key);
}

static IndexedRecord *append(RecordIndex *known, const IndexedRecord *key)
{
    if (known->count == known->room) {
        known->room = known->room ? known->room * 2 : 1024;
        known->records = mem_grow(known->records, known->room, sizeof *known->records);
    }
    IndexedRecord *record = &known->records[known->count];
    *record = *key;
    record->flags = RECORD_USED;
    known->last = known->count++;
    return record;
}

IndexedRecord *record_index_add(RecordIndex *known, Str id)
{
    IndexedRecord key = key_of(id);
    int64_t place = find(known, &key);
    if (place == NOWHERE)
        return append(known, &key);
    known->last = (size_t)place;
    return &known->records[place];
}

IndexedRecord *record_index_find(RecordIndex *known, Str id)
{
    IndexedRecord key = key_of(id);
    int64_t place = find(known, &key);
    if (place == NOWHERE)
        return NULL;
    known->last = (size_t)place;
    return &known->records[place];
}

static int64_t count_flags(const RecordIndex *known, uint32_t flags)
{
    int64_t n = 0;
    for (size_t i = 0; i < known->count; i++)
        n += (known->records[i].flags & flags) == flags;
    return n;
}

int64_t record_index_active_synced(const RecordIndex *known) { return count_flags(known, RECORD_STATE | RECORD_ROW | RECORD_ACTIVE); }

bool record_index_empty(const RecordIndex *known) { return known->count == 0; }

int64_t record_index_clear_deactivated(RecordIndex *known)
{
    const uint32_t both = RECORD_ROW | RECORD_ACTIVE | RECORD_DEACTIVATED;
    int64_t n = 0;
    for (size_t i = 0; i < known->count; i++)
        if ((known->records[i].flags & both) == both) {
            known->records[i].flags &= ~(uint32_t)RECORD_DEACTIVATED;
            n++;
        }
    return n;
}

int64_t record_index_rows(const RecordIndex *known) { return count_flags(known, RECORD_ROW); }

bool record_index_has_generated_ids(const RecordIndex *known) { return known->has_generated; }

const char *record_index_fingerprint(const RecordIndex *known, Arena *arena)
{
    return arena_printf(arena, "%lld.%lld", (long long)known->rows, (long long)known->id_sum);
}

int64_t record_index_active_rows(const RecordIndex *known) { return count_flags(known, RECORD_ROW | RECORD_ACTIVE); }

int64_t record_index_active_unseen(const RecordIndex *known)
{
    return record_index_active_rows(known) - count_flags(known, RECORD_ROW | RECORD_ACTIVE | RECORD_PRESENT);
}

/* ---- binary COPY: a header of 19 bytes (and an extension), then per tuple int16 fields, each int32 length + bytes */

typedef struct Tuple {
    const unsigned char *p, *end;
    int fields;
} Tuple;

static uint32_t take32(Tuple *t)
{
    uint32_t v;
    memcpy(&v, t->p, 4);
    t->p += 4;
    return be32toh(v);
}

/* One message of COPY holds the header, a tuple, or header and first tuple. False: no tuple in it. */
static bool tuple_open(const char *bytes, size_t n, Tuple *t)
{
    static const char signature[11] = "PGCOPY\n\377\r\n";
    *t = (Tuple){(const unsigned char *)bytes, (const unsigned char *)bytes + n, 0};
    if (n >= 19 && memcmp(bytes, signature, sizeof signature) == 0) {
        t->p += 15;
        uint32_t extension = take32(t);
        t->p += extension;
    }
    if (t->end - t->p < 2)
        return false;
    t->fields = (int16_t)(uint16_t)(t->p[0] << 8 | t->p[1]);
    t->p += 2;
    return t->fields > 0;
}

static bool tuple_next(Tuple *t, Str *field)
{
    int32_t n = (int32_t)take32(t);
    if (n < 0)
        return false;
    *field = (Str){(const char *)t->p, (size_t)n};
    t->p += n;
    return true;
}

static bool put_state(void *ctx, const char *bytes, size_t n, Err *err)
{
    (void)err;
    RecordIndex *known = ctx;
    Tuple t;
    Str id, raw, deactivated;
    if (!tuple_open(bytes, n, &t) || !tuple_next(&t, &id))
        return true;
    IndexedRecord key = key_of(id), *record = append(known, &key); /* state comes first, and each id once */
    record->flags |= RECORD_STATE;
    if (tuple_next(&t, &raw)) {
        uint64_t big;
        memcpy(&big, raw.p, sizeof big);
        record->raw = be64toh(big);
        record->flags |= RECORD_RAW;
    }
    if (tuple_next(&t, &deactivated) && deactivated.p[0])
        record->flags |= RECORD_DEACTIVATED;
    return true;
}

static bool is_generated(Str id)
{
    char text[32];
    if (id.n >= sizeof text)
        return false;
    memcpy(text, id.p, id.n);
    text[id.n] = '\0';
    return !id_is_airtable(text);
}

static bool put_row(void *ctx, const char *bytes, size_t n, Err *err)
{
    (void)err;
    RecordIndex *known = ctx;
    Tuple t;
    Str id, active, hash;
    if (!tuple_open(bytes, n, &t) || !tuple_next(&t, &id))
        return true;
    IndexedRecord *record = record_index_add(known, id);
    record->flags |= RECORD_ROW;
    if (tuple_next(&t, &active) && active.p[0])
        record->flags |= RECORD_ACTIVE;
    if (tuple_next(&t, &hash)) {
        Tuple number = {.p = (const unsigned char *)hash.p};
        known->id_sum += (int32_t)take32(&number);
    }
    known->rows++;
    known->has_generated = known->has_generated || is_generated(id);
    return true;
}

/* The rows' hashes are those that ids_fingerprint adds up. */
bool record_index_load(RecordIndex *known, Pg *pg, const Table *table, Err *err)
{
    Buf sql = {0};
    plan_index_state(&sql, table);
    bool ok = pg_copy_out(pg, sql.data, put_state, known, err);
    buf_clear(&sql);
    plan_index_rows(&sql, table);
    known->last = 0;
    ok = ok && pg_copy_out(pg, sql.data, put_row, known, err);
    known->last = 0;
    buf_free(&sql);
    return ok;
}

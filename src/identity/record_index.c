#include "artsync/record_index.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "artsync/natural.h"
#include "plan_identity.h"

/* Records lie in the order in which they came. State, rows and file mostly agree on that order, so the record after the
 * last one that was asked for is tried first, and reading a million of them in that order also reads memory in order.
 * The index is for the others; it is built when it is first needed. It is no TextMap: it holds millions of records in 8
 * bytes each, without their texts. */
struct RecordIndex {
    IndexedRecord *records;
    size_t count, cap;
    size_t last;      /* where the record asked for last is */
    uint64_t *slots;  /* open addressing: upper half of the hash, and the record's place + 1; 0: free */
    size_t capacity;  /* a power of two, or 0 */
    size_t indexed;   /* records[0 .. indexed) are in the index */
    int64_t id_sum;   /* of hashtext over the rows' ids */
    int64_t rows;
    bool has_generated;      /* some row's id is derived or generated */
    char repeated[256];      /* an id that two rows have; "": none */
};

enum { NOWHERE = -1 };

RecordIndex *record_index_new(void) { return mem_alloc(sizeof(RecordIndex)); }

void record_index_free(RecordIndex *index)
{
    if (!index)
        return;
    free(index->records);
    free(index->slots);
    free(index);
}

static IndexedRecord key_of(Str id)
{
    XXH128_hash_t hash = XXH3_128bits(id.p, id.n);
    return (IndexedRecord){.id = hash.low64, .id_more = (uint32_t)hash.high64};
}

static bool same(const IndexedRecord *a, const IndexedRecord *b) { return a->id == b->id && a->id_more == b->id_more; }

/* ---- the index ---- */

static uint64_t tag_of(const IndexedRecord *key) { return key->id & 0xFFFFFFFF00000000; }

static void index_add(RecordIndex *index, size_t place)
{
    size_t mask = index->capacity - 1, i = (size_t)index->records[place].id & mask;
    while (index->slots[i])
        i = (i + 1) & mask;
    index->slots[i] = tag_of(&index->records[place]) | (uint64_t)(place + 1);
}

static void index_catch_up(RecordIndex *index)
{
    if (index->count * 4 >= index->capacity * 3) {
        index->capacity = index->capacity ? index->capacity : 1024;
        while (index->count * 4 >= index->capacity * 3)
            index->capacity *= 2;
        free(index->slots);
        index->slots = mem_alloc(index->capacity * sizeof *index->slots);
        index->indexed = 0;
    }
    while (index->indexed < index->count)
        index_add(index, index->indexed++);
}

static int64_t index_find(const RecordIndex *index, const IndexedRecord *key)
{
    size_t mask = index->capacity - 1;
    for (size_t i = (size_t)key->id & mask; index->slots[i]; i = (i + 1) & mask) {
        size_t place = (size_t)(uint32_t)index->slots[i] - 1;
        if ((index->slots[i] & 0xFFFFFFFF00000000) == tag_of(key) && same(&index->records[place], key))
            return (int64_t)place;
    }
    return NOWHERE;
}

/* ---- records ---- */

static int64_t find(RecordIndex *index, const IndexedRecord *key)
{
    for (size_t place = index->last; place < index->last + 2 && place < index->count; place++)
        if (same(&index->records[place], key))
            return (int64_t)place;
    index_catch_up(index);
    return index_find(index, key);
}

static IndexedRecord *append(RecordIndex *index, const IndexedRecord *key)
{
    if (index->count == index->cap) {
        index->cap = index->cap ? index->cap * 2 : 1024;
        index->records = mem_grow(index->records, index->cap, sizeof *index->records);
    }
    IndexedRecord *record = &index->records[index->count];
    *record = *key;
    record->flags = RECORD_USED;
    index->last = index->count++;
    return record;
}

IndexedRecord *record_index_add(RecordIndex *index, Str id)
{
    IndexedRecord key = key_of(id);
    int64_t place = find(index, &key);
    if (place == NOWHERE)
        return append(index, &key);
    index->last = (size_t)place;
    return &index->records[place];
}

IndexedRecord *record_index_find(RecordIndex *index, Str id)
{
    IndexedRecord key = key_of(id);
    int64_t place = find(index, &key);
    if (place == NOWHERE)
        return NULL;
    index->last = (size_t)place;
    return &index->records[place];
}

static int64_t count_flags(const RecordIndex *index, uint32_t flags)
{
    int64_t n = 0;
    for (size_t i = 0; i < index->count; i++)
        n += (index->records[i].flags & flags) == flags;
    return n;
}

int64_t record_index_active_synced(const RecordIndex *index)
{
    return count_flags(index, RECORD_STATE | RECORD_ROW | RECORD_ACTIVE);
}

int64_t record_index_matched(const RecordIndex *index) { return count_flags(index, RECORD_ROW | RECORD_PRESENT); }

bool record_index_has_state(const RecordIndex *index) { return count_flags(index, RECORD_STATE) > 0; }

bool record_index_empty(const RecordIndex *index) { return index->count == 0; }

int64_t record_index_clear_deactivated(RecordIndex *index)
{
    const uint32_t both = RECORD_ROW | RECORD_ACTIVE | RECORD_DEACTIVATED;
    int64_t n = 0;
    for (size_t i = 0; i < index->count; i++)
        if ((index->records[i].flags & both) == both) {
            index->records[i].flags &= ~(uint32_t)RECORD_DEACTIVATED;
            n++;
        }
    return n;
}

int64_t record_index_rows(const RecordIndex *index) { return count_flags(index, RECORD_ROW); }

bool record_index_has_generated_ids(const RecordIndex *index) { return index->has_generated; }

const char *record_index_fingerprint(const RecordIndex *index, Arena *arena)
{
    return arena_printf(arena, "%lld.%lld", (long long)index->rows, (long long)index->id_sum);
}

int64_t record_index_active_rows(const RecordIndex *index) { return count_flags(index, RECORD_ROW | RECORD_ACTIVE); }

int64_t record_index_active_unseen(const RecordIndex *index)
{
    return record_index_active_rows(index) - count_flags(index, RECORD_ROW | RECORD_ACTIVE | RECORD_PRESENT);
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
    RecordIndex *index = ctx;
    Tuple t;
    Str id, raw, deactivated;
    if (!tuple_open(bytes, n, &t) || !tuple_next(&t, &id))
        return true;
    IndexedRecord key = key_of(id), *record = append(index, &key); /* state comes first, and each id once */
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
    RecordIndex *index = ctx;
    Tuple t;
    Str id, active, hash;
    if (!tuple_open(bytes, n, &t) || !tuple_next(&t, &id))
        return true;
    IndexedRecord *record = record_index_add(index, id);
    if (record->flags & RECORD_ROW && !index->repeated[0])
        snprintf(index->repeated, sizeof index->repeated, "%.*s", (int)id.n, id.p);
    record->flags |= RECORD_ROW;
    if (tuple_next(&t, &active) && active.p[0])
        record->flags |= RECORD_ACTIVE;
    if (tuple_next(&t, &hash)) {
        Tuple number = {.p = (const unsigned char *)hash.p};
        index->id_sum += (int32_t)take32(&number);
    }
    index->rows++;
    index->has_generated = index->has_generated || is_generated(id);
    return true;
}

/* The rows' hashes are those that ids_fingerprint adds up. */
bool record_index_load(RecordIndex *index, Pg *pg, const Table *table, Err *err)
{
    Buf sql = {0};
    plan_index_state(&sql, table);
    bool ok = pg_copy_out(pg, sql.data, put_state, index, err);
    buf_clear(&sql);
    plan_index_rows(&sql, table);
    index->last = 0;
    ok = ok && pg_copy_out(pg, sql.data, put_row, index, err);
    index->last = 0;
    buf_free(&sql);
    if (ok && index->repeated[0])
        ok = err_set(err, ERR_REFUSED, "make the columns of \"id\" unique, or name more of them",
                     "%s: two rows have the id %s", table->name, index->repeated);
    return ok;
}

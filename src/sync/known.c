#include "known.h"

#include <endian.h>
#include <stdlib.h>
#include <xxhash.h>

struct Known {
    KnownRecord *slots;
    size_t capacity; /* a power of two */
    size_t count;
};

Known *known_new(void)
{
    Known *known = mem_alloc(sizeof *known);
    known->capacity = 1024;
    known->slots = mem_alloc(known->capacity * sizeof *known->slots);
    return known;
}

void known_free(Known *known)
{
    if (!known)
        return;
    free(known->slots);
    free(known);
}

static KnownRecord key_of(Str id)
{
    XXH128_hash_t hash = XXH3_128bits(id.p, id.n);
    return (KnownRecord){.id = hash.low64, .id_more = (uint32_t)hash.high64};
}

/* The slot that holds the key, or the free one where it belongs. */
static KnownRecord *slot_for(const Known *known, const KnownRecord *key)
{
    size_t mask = known->capacity - 1;
    size_t i = (size_t)key->id & mask;
    while ((known->slots[i].flags & KNOWN_USED) &&
           (known->slots[i].id != key->id || known->slots[i].id_more != key->id_more))
        i = (i + 1) & mask;
    return &known->slots[i];
}

static void grow(Known *known)
{
    Known larger = {.capacity = known->capacity * 2};
    larger.slots = mem_alloc(larger.capacity * sizeof *larger.slots);
    for (size_t i = 0; i < known->capacity; i++)
        if (known->slots[i].flags & KNOWN_USED)
            *slot_for(&larger, &known->slots[i]) = known->slots[i];
    free(known->slots);
    known->slots = larger.slots;
    known->capacity = larger.capacity;
}

KnownRecord *known_at(Known *known, Str id)
{
    if (known->count * 4 >= known->capacity * 3)
        grow(known);
    KnownRecord key = key_of(id);
    KnownRecord *slot = slot_for(known, &key);
    if (!(slot->flags & KNOWN_USED)) {
        *slot = key;
        slot->flags = KNOWN_USED;
        known->count++;
    }
    return slot;
}

KnownRecord *known_find(const Known *known, Str id)
{
    KnownRecord key = key_of(id);
    KnownRecord *slot = slot_for(known, &key);
    return slot->flags & KNOWN_USED ? slot : NULL;
}

static int64_t count_flags(const Known *known, uint32_t flags)
{
    int64_t n = 0;
    for (size_t i = 0; i < known->capacity; i++)
        n += (known->slots[i].flags & flags) == flags;
    return n;
}

int64_t known_active_synced(const Known *known) { return count_flags(known, KNOWN_STATE | KNOWN_ROW | KNOWN_ACTIVE); }

bool known_empty(const Known *known) { return known->count == 0; }

int64_t known_rows(const Known *known) { return count_flags(known, KNOWN_ROW); }

int64_t known_active_rows(const Known *known) { return count_flags(known, KNOWN_ROW | KNOWN_ACTIVE); }

int64_t known_active_unseen(const Known *known)
{
    return known_active_rows(known) - count_flags(known, KNOWN_ROW | KNOWN_ACTIVE | KNOWN_PRESENT);
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
    Tuple t;
    Str id, raw, deactivated;
    if (!tuple_open(bytes, n, &t) || !tuple_next(&t, &id))
        return true;
    KnownRecord *record = known_at(ctx, id);
    record->flags |= KNOWN_STATE;
    if (tuple_next(&t, &raw)) {
        uint64_t big;
        memcpy(&big, raw.p, sizeof big);
        record->raw = be64toh(big);
        record->flags |= KNOWN_RAW;
    }
    if (tuple_next(&t, &deactivated) && deactivated.p[0])
        record->flags |= KNOWN_DEACTIVATED;
    return true;
}

static bool put_row(void *ctx, const char *bytes, size_t n, Err *err)
{
    (void)err;
    Tuple t;
    Str id, active;
    if (!tuple_open(bytes, n, &t) || !tuple_next(&t, &id))
        return true;
    KnownRecord *record = known_at(ctx, id);
    record->flags |= KNOWN_ROW;
    if (tuple_next(&t, &active) && active.p[0])
        record->flags |= KNOWN_ACTIVE;
    return true;
}

bool known_load(Known *known, Pg *pg, const Table *table, Err *err)
{
    Buf sql = {0};
    buf_str(&sql, "COPY (SELECT record_id, raw, deactivated FROM ");
    sql_name(&sql, "artsync", table->state);
    buf_str(&sql, ") TO STDOUT (FORMAT binary)");
    bool ok = pg_copy_out(pg, sql.data, put_state, known, err);
    buf_clear(&sql);
    buf_str(&sql, "COPY (SELECT ");
    sql_ident(&sql, table->id_column);
    buf_str(&sql, "::text, coalesce(is_active, true) FROM ");
    sql_name(&sql, table->schema, table->name);
    buf_str(&sql, ") TO STDOUT (FORMAT binary)");
    ok = ok && pg_copy_out(pg, sql.data, put_row, known, err);
    buf_free(&sql);
    return ok;
}

#include "artsync/natural.h"

#include <stdio.h>
#include <stdlib.h>

#include "artsync/hash.h"
#include "plan_identity.h"

typedef struct Entry {
    uint64_t hash;
    const char *key; /* the key's values, each followed by a separator; NULL: free */
    const char *id;
    bool repeated;   /* several rows have this key */
} Entry;

struct Natural {
    Entry *slots;
    size_t capacity, count;
    Arena arena;
    Buf key;
};

enum { SEPARATOR = 0x1f };

bool id_is_airtable(const char *id)
{
    if (strlen(id) != 20 || (strncmp(id, "key_", 4) != 0 && strncmp(id, "app_", 4) != 0))
        return true;
    return strspn(id + 4, "0123456789abcdef") != 16;
}

static Entry *slot_for(const Natural *natural, uint64_t hash, const char *key)
{
    size_t mask = natural->capacity - 1, i = (size_t)hash & mask;
    while (natural->slots[i].key && (natural->slots[i].hash != hash || strcmp(natural->slots[i].key, key) != 0))
        i = (i + 1) & mask;
    return &natural->slots[i];
}

static void add(Natural *natural, const char *key, const char *id)
{
    uint64_t hash = hash64(str_of(key), 0);
    Entry *slot = slot_for(natural, hash, key);
    if (slot->key) {
        slot->repeated = true;
        return;
    }
    *slot = (Entry){hash, arena_str(&natural->arena, key), arena_str(&natural->arena, id), false};
    natural->count++;
}

static void make_room(Natural *natural)
{
    if (natural->count * 4 < natural->capacity * 3)
        return;
    Natural larger = {.capacity = natural->capacity * 2};
    larger.slots = mem_alloc(larger.capacity * sizeof *larger.slots);
    for (size_t i = 0; i < natural->capacity; i++)
        if (natural->slots[i].key)
            *slot_for(&larger, natural->slots[i].hash, natural->slots[i].key) = natural->slots[i];
    free(natural->slots);
    natural->slots = larger.slots;
    natural->capacity = larger.capacity;
}

static bool add_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)err;
    Natural *natural = ctx;
    buf_clear(&natural->key);
    for (int i = 1; i < n; i++) {
        if (!cells[i])
            return true; /* a key with a NULL names no row */
        buf_str(&natural->key, cells[i]);
        buf_char(&natural->key, SEPARATOR);
    }
    make_room(natural);
    add(natural, natural->key.data, cells[0]);
    return true;
}

bool natural_load(Natural **out, Pg *pg, const Table *table, bool only_generated, Err *err)
{
    Natural *natural = mem_alloc(sizeof *natural);
    natural->capacity = 1024;
    natural->slots = mem_alloc(natural->capacity * sizeof *natural->slots);
    Buf sql = {0};
    plan_natural_keys(&sql, table, only_generated);
    bool ok = pg_each(pg, sql.data, 0, NULL, add_row, natural, err);
    buf_free(&sql);
    *out = natural;
    return ok;
}

size_t natural_count(const Natural *natural) { return natural->count; }

void natural_free(Natural *natural)
{
    if (!natural)
        return;
    free(natural->slots);
    arena_free(&natural->arena);
    buf_free(&natural->key);
    free(natural);
}

/* The key as add_row writes it; false if a part is NULL. */
static bool key_of(Buf *out, const Table *table, const Value *values)
{
    for (int i = 0; i < table->n_natural_key; i++) {
        const char *text = values[table->natural_key[i]].text;
        if (!text)
            return false;
        buf_str(out, text);
        buf_char(out, SEPARATOR);
    }
    return true;
}

NaturalOutcome natural_find(const Natural *natural, const Table *table, const Value *values, const char **id)
{
    Buf key = {0};
    NaturalOutcome outcome = NATURAL_NULL;
    if (key_of(&key, table, values)) {
        const Entry *slot = slot_for(natural, hash64(buf_view(&key), 0), key.data);
        outcome = !slot->key ? NATURAL_NONE : slot->repeated ? NATURAL_AMBIGUOUS : NATURAL_FOUND;
        *id = slot->id;
    }
    buf_free(&key);
    return outcome;
}

const char *natural_derive(const Table *table, const Value *values, unsigned attempt, Arena *arena)
{
    Buf key = {0};
    const char *id = NULL;
    if (key_of(&key, table, values))
        id = arena_printf(arena, "key_%016llx", (unsigned long long)hash64(buf_view(&key), attempt));
    buf_free(&key);
    return id;
}

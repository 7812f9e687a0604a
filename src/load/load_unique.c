/* load_unique.c - the unique keys of a table that is loaded from empty, watched over by the client.
 *
 * A repeated key would make the database refuse the whole COPY; a record that repeats one is refused alone here, as
 * the ordinary path would. Keys are compared by their values' text: where the database finds more values equal than
 * that (citext, for example), it still refuses, and the table goes the ordinary way. A key takes 16 bytes a record; two of
 * a million share their 96 bits of XXH3-128 with a probability of about 2^-57.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "../sync/engine.h"

typedef struct Claim {
    uint64_t hash;
    uint32_t more;
    uint32_t line; /* of the record that has the key; 0: free */
} Claim;

typedef struct Claims {
    const CatalogKey *key;
    Claim *slots;
    size_t capacity; /* a power of two */
    size_t count;
    Claim *mine;     /* where the record under way puts its own; NULL: it has a NULL in the key */
    Claim claim;     /* of the record under way; line 0: it has none */
} Claims;

struct LoadUnique {
    Claims *keys;
    int n;
    Buf bytes;
};

LoadUnique *load_unique_new(const TableRun *turn)
{
    const CatalogTable *catalog = turn->table->catalog;
    Plan plan = {.table = turn->table, .present = turn->present};
    LoadUnique *unique = mem_alloc(sizeof *unique);
    unique->keys = mem_alloc(sizeof *unique->keys * (size_t)(catalog->n_keys + 1));
    for (int k = 0; k < catalog->n_keys; k++) {
        if (!plan_knows_key(&plan, &catalog->keys[k]))
            continue;
        Claims *claims = &unique->keys[unique->n++];
        *claims = (Claims){.key = &catalog->keys[k], .capacity = 1024};
        claims->slots = mem_alloc(claims->capacity * sizeof *claims->slots);
    }
    return unique;
}

void load_unique_free(LoadUnique *unique)
{
    if (!unique)
        return;
    for (int k = 0; k < unique->n; k++)
        free(unique->keys[k].slots);
    free(unique->keys);
    buf_free(&unique->bytes);
    free(unique);
}

static Claim *slot_for(const Claims *claims, const Claim *claim)
{
    size_t mask = claims->capacity - 1, i = (size_t)claim->hash & mask;
    while (claims->slots[i].line && (claims->slots[i].hash != claim->hash || claims->slots[i].more != claim->more))
        i = (i + 1) & mask;
    return &claims->slots[i];
}

static void make_room(Claims *claims)
{
    if (claims->count * 4 < claims->capacity * 3)
        return;
    Claims larger = {.capacity = claims->capacity * 2};
    larger.slots = mem_alloc(larger.capacity * sizeof *larger.slots);
    for (size_t i = 0; i < claims->capacity; i++)
        if (claims->slots[i].line)
            *slot_for(&larger, &claims->slots[i]) = claims->slots[i];
    free(claims->slots);
    claims->slots = larger.slots;
    claims->capacity = larger.capacity;
}

static const char *value_of(const TableRun *turn, const Item *item, int catalog_index)
{
    const char *name = turn->table->catalog->columns[catalog_index].name;
    int column = table_column(turn->table, name);
    return column < 0 ? item->id : item->values[column].text;
}

/* The key's values with their lengths; false: a NULL in it makes it equal to none. */
static bool key_bytes(const TableRun *turn, const Item *item, const CatalogKey *key, Buf *out)
{
    buf_clear(out);
    for (int i = 0; i < key->n_columns; i++) {
        const char *value = value_of(turn, item, key->columns[i]);
        if (!value && !key->nulls_equal)
            return false;
        uint32_t n = value ? (uint32_t)strlen(value) : UINT32_MAX;
        buf_add(out, &n, sizeof n);
        if (value)
            buf_add(out, value, n);
    }
    return true;
}

/* As concat_ws(', ', ...) writes it in the ordinary path. */
static const char *key_text(const TableRun *turn, const Item *item, const CatalogKey *key, Arena *arena)
{
    Buf text = {0};
    buf_reserve(&text, 1);
    for (int i = 0; i < key->n_columns; i++) {
        const char *value = value_of(turn, item, key->columns[i]);
        if (value)
            buf_printf(&text, "%s%s", text.len ? ", " : "", value);
    }
    const char *copy = arena_str(arena, text.data);
    buf_free(&text);
    return copy;
}

/* Keys of a large table lie all over memory: the slots are on their way while the record's line is written. */
void load_unique_look(LoadUnique *unique, const TableRun *turn, const Item *item)
{
    for (int k = 0; k < unique->n; k++) {
        Claims *claims = &unique->keys[k];
        claims->claim = (Claim){0};
        if (!key_bytes(turn, item, claims->key, &unique->bytes))
            continue;
        XXH128_hash_t hash = XXH3_128bits(unique->bytes.data, unique->bytes.len);
        claims->claim = (Claim){hash.low64, (uint32_t)hash.high64, (uint32_t)item->position.line};
        __builtin_prefetch(&claims->slots[(size_t)hash.low64 & (claims->capacity - 1)], 1);
    }
}

Reject load_unique_claim(LoadUnique *unique, const TableRun *turn, const Item *item, Arena *arena)
{
    for (int k = 0; k < unique->n; k++) {
        Claims *claims = &unique->keys[k];
        claims->mine = NULL;
        if (!claims->claim.line)
            continue;
        make_room(claims);
        claims->mine = slot_for(claims, &claims->claim);
        if (claims->mine->line)
            return rules_repeated(turn, claims->key, key_text(turn, item, claims->key, arena), claims->mine->line, arena);
    }
    for (int k = 0; k < unique->n; k++) {
        Claims *claims = &unique->keys[k];
        if (!claims->mine)
            continue;
        *claims->mine = claims->claim;
        claims->count++;
    }
    return (Reject){0};
}

/* load_unique.c - the unique keys of a table that is loaded from empty, checked by the client.
 *
 * A repeated key would make the database refuse the whole COPY; a record that repeats one is refused alone here, as the
 * ordinary path would. Keys are compared by their values' text: where the database finds more values equal than that
 * (citext, for example), it still refuses, and the table goes the ordinary way. The tables of keys are no TextMap: a
 * key takes 16 bytes a record, without its text, and its slot is fetched ahead. Two of a million keys share their 96
 * bits of XXH3-128 with a probability of about 2^-57.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "internal.h"

typedef struct KeySlot {
    uint64_t hash;
    uint32_t more;
    uint32_t line; /* of the record that has the key; 0: free */
} KeySlot;

typedef struct KeyTable {
    const CatalogKey *key;
    KeySlot *slots;
    size_t capacity; /* a power of two */
    size_t count;
    KeySlot *mine;     /* where the record under way puts its own; NULL: it has a NULL in the key */
    KeySlot own;     /* of the record under way; line 0: it has none */
} KeyTable;

struct LoadUnique {
    KeyTable *keys;
    int n;
    Buf bytes;
};

LoadUnique *load_unique_new(const TableRun *run)
{
    const CatalogTable *catalog = run->table->catalog;
    Plan plan = {.table = run->table, .present = run->header.present};
    LoadUnique *unique = mem_alloc(sizeof *unique);
    unique->keys = mem_alloc(sizeof *unique->keys * (size_t)(catalog->n_keys + 1));
    for (int k = 0; k < catalog->n_keys; k++) {
        if (!plan_knows_key(&plan, &catalog->keys[k]))
            continue;
        KeyTable *keys = &unique->keys[unique->n++];
        *keys = (KeyTable){.key = &catalog->keys[k], .capacity = 1024};
        keys->slots = mem_alloc(keys->capacity * sizeof *keys->slots);
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

static KeySlot *slot_for(const KeyTable *keys, const KeySlot *slot)
{
    size_t mask = keys->capacity - 1, i = (size_t)slot->hash & mask;
    while (keys->slots[i].line && (keys->slots[i].hash != slot->hash || keys->slots[i].more != slot->more))
        i = (i + 1) & mask;
    return &keys->slots[i];
}

static void grow(KeyTable *keys)
{
    if (keys->count * 4 < keys->capacity * 3)
        return;
    KeyTable larger = {.capacity = keys->capacity * 2};
    larger.slots = mem_alloc(larger.capacity * sizeof *larger.slots);
    for (size_t i = 0; i < keys->capacity; i++)
        if (keys->slots[i].line)
            *slot_for(&larger, &keys->slots[i]) = keys->slots[i];
    free(keys->slots);
    keys->slots = larger.slots;
    keys->capacity = larger.capacity;
}

static const char *value_of(const Table *table, const Item *item, int catalog_index)
{
    const char *name = table->catalog->columns[catalog_index].name;
    int column = table_column(table, name);
    return column < 0 ? item->id : item->values[column].text;
}

/* The key's values with their lengths; false: a NULL in it makes it equal to none. */
static bool key_bytes(const Table *table, const Item *item, const CatalogKey *key, Buf *out)
{
    buf_clear(out);
    for (int i = 0; i < key->n_columns; i++) {
        const char *value = value_of(table, item, key->columns[i]);
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
static const char *key_text(const Table *table, const Item *item, const CatalogKey *key, Arena *arena)
{
    Buf text = {0};
    buf_reserve(&text, 1);
    for (int i = 0; i < key->n_columns; i++) {
        const char *value = value_of(table, item, key->columns[i]);
        if (value)
            buf_printf(&text, "%s%s", text.len ? ", " : "", value);
    }
    const char *copy = arena_str(arena, text.data);
    buf_free(&text);
    return copy;
}

/* The slots of a large table are spread over memory: they are fetched while the record's line is written. */
void load_unique_prepare(LoadUnique *unique, const Table *table, const Item *item)
{
    for (int k = 0; k < unique->n; k++) {
        KeyTable *keys = &unique->keys[k];
        keys->own = (KeySlot){0};
        if (!key_bytes(table, item, keys->key, &unique->bytes))
            continue;
        XXH128_hash_t hash = XXH3_128bits(unique->bytes.data, unique->bytes.len);
        keys->own = (KeySlot){hash.low64, (uint32_t)hash.high64, (uint32_t)item->position.line};
        __builtin_prefetch(&keys->slots[(size_t)hash.low64 & (keys->capacity - 1)], 1);
    }
}

Reject load_unique_add(LoadUnique *unique, const Table *table, const Item *item, Arena *arena)
{
    for (int k = 0; k < unique->n; k++) {
        KeyTable *keys = &unique->keys[k];
        keys->mine = NULL;
        if (!keys->own.line)
            continue;
        grow(keys);
        keys->mine = slot_for(keys, &keys->own);
        if (keys->mine->line)
            return stage_duplicate_key(table, keys->key, key_text(table, item, keys->key, arena), keys->mine->line,
                                       arena);
    }
    for (int k = 0; k < unique->n; k++) {
        KeyTable *keys = &unique->keys[k];
        if (!keys->mine)
            continue;
        *keys->mine = keys->own;
        keys->count++;
    }
    return (Reject){0};
}

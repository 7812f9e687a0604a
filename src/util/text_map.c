#include "artsync/text_map.h"

#include <stdlib.h>

#include "artsync/hash.h"

/* The entry of `text`, or the free one where it belongs. There is a free one. */
static TextEntry *entry_for(const TextMap *map, Str text, uint32_t hash)
{
    size_t mask = map->capacity - 1, i = hash & mask;
    while (map->entries[i].text.p && (map->entries[i].hash != hash || !str_eq(map->entries[i].text, text)))
        i = (i + 1) & mask;
    return &map->entries[i];
}

static void grow(TextMap *map)
{
    TextMap larger = {.n = map->n, .capacity = map->capacity ? map->capacity * 2 : 64};
    larger.entries = mem_alloc(larger.capacity * sizeof *larger.entries);
    for (size_t i = 0; i < map->capacity; i++) {
        const TextEntry *entry = &map->entries[i];
        if (entry->text.p)
            *entry_for(&larger, entry->text, entry->hash) = *entry;
    }
    free(map->entries);
    *map = larger;
}

TextEntry *text_map_find(const TextMap *map, Str text)
{
    if (map->n == 0)
        return NULL;
    TextEntry *entry = entry_for(map, text, (uint32_t)hash64(text, 0));
    return entry->text.p ? entry : NULL;
}

TextEntry *text_map_add(TextMap *map, Str text, uint32_t number, bool *added)
{
    if ((map->n + 1) * 2 > map->capacity)
        grow(map);
    uint32_t hash = (uint32_t)hash64(text, 0);
    TextEntry *entry = entry_for(map, text, hash);
    *added = !entry->text.p;
    if (*added) {
        *entry = (TextEntry){.text = text, .hash = hash, .number = number};
        map->n++;
    }
    return entry;
}

void text_map_free(TextMap *map)
{
    free(map->entries);
    *map = (TextMap){0};
}

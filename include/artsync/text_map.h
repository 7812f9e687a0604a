/* text_map.h - texts to numbers: which row has this id, which kind has this name. A hash table with open addressing.
 *
 * The texts are not copied: they have to live as long as the map. {0} is an empty map.
 */
#ifndef ARTSYNC_TEXT_MAP_H
#define ARTSYNC_TEXT_MAP_H

#include "artsync/mem.h"

typedef struct TextEntry {
    Str text; /* p NULL: free */
    uint32_t hash;
    uint32_t number : 31;  /* the caller's: an index into an array, as a rule */
    uint32_t repeated : 1; /* the caller's: several have this text */
} TextEntry;

typedef struct TextMap {
    TextEntry *entries;
    size_t n, capacity; /* capacity: 0 or a power of two */
} TextMap;

/* The text's entry, or NULL. */
TextEntry *text_map_find(const TextMap *map, Str text);

/* The text's entry, good until the next call; where there was none, one with `number`, and *added is true. */
TextEntry *text_map_add(TextMap *map, Str text, uint32_t number, bool *added);

void text_map_free(TextMap *map);

#endif

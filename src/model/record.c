#include "artsync/record.h"

#include <string.h>

#include "artsync/hash.h"

const char raw_empty_text[1] = "";

/* The state keeps 8 bytes a value, with 0 for "not known": both special cases must stay apart from every text. */
enum { HASH_OF_NULL = 1, HASH_INSTEAD_OF_ZERO = 2 };

uint64_t value_hash_of(Str text)
{
    if (!text.n)
        return HASH_OF_NULL;
    uint64_t hash = hash64(text, 0);
    return hash > HASH_OF_NULL ? hash : hash + HASH_INSTEAD_OF_ZERO;
}

uint64_t value_hash(const char *text) { return text ? value_hash_of(str_of(text)) : HASH_OF_NULL; }

uint32_t cell_hash(Str cell, uint64_t seed)
{
    if (!cell.n && !seed)
        return CELL_EMPTY;
    uint32_t hash = (uint32_t)hash64(cell, seed);
    return hash > CELL_ELSEWHERE ? hash : hash + CELL_ELSEWHERE + 1;
}

bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

bool same_value(const char *a, const char *b) { return same_text(a && *a ? a : NULL, b && *b ? b : NULL); }

#include "artsync/record.h"

#include <string.h>

#include "artsync/hash.h"

/* The state keeps 8 bytes a value, with 0 for "not known": both special cases must stay apart from every text. */
enum { HASH_OF_NULL = 1, HASH_INSTEAD_OF_ZERO = 2 };

uint64_t value_hash(const char *text)
{
    if (!text || !*text)
        return HASH_OF_NULL;
    uint64_t hash = hash64(str_of(text), 0);
    return hash > HASH_OF_NULL ? hash : hash + HASH_INSTEAD_OF_ZERO;
}

bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

bool same_value(const char *a, const char *b) { return same_text(a && *a ? a : NULL, b && *b ? b : NULL); }

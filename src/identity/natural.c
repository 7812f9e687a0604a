#include "artsync/natural.h"

#include <stdio.h>
#include <stdlib.h>

#include "artsync/hash.h"
#include "artsync/text_map.h"
#include "plan_identity.h"

/* The keys of the rows: a key's values, each followed by a separator. */
struct Natural {
    TextMap keys;     /* to a place in ids; repeated: several rows have the key */
    const char **ids; /* of the first row with each key */
    size_t n, cap;
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

static void add(Natural *natural, Str key, const char *id)
{
    TextEntry *entry = text_map_find(&natural->keys, key);
    if (entry) {
        entry->repeated = true;
        return;
    }
    bool added;
    text_map_add(&natural->keys, (Str){arena_strn(&natural->arena, key.p, key.n), key.n}, (uint32_t)natural->n, &added);
    ARRAY_RESERVE(natural->ids, natural->n, natural->cap);
    natural->ids[natural->n++] = arena_str(&natural->arena, id);
}

/* NULL and '' are one: an empty cell of the source may be either in the row. */
static void add_part(Buf *key, const char *text)
{
    buf_str(key, text ? text : "");
    buf_char(key, SEPARATOR);
}

/* Separators alone: such a key names no row. */
static bool is_empty(const Buf *key, int parts) { return key->len == (size_t)parts; }

static bool add_row(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)err;
    Natural *natural = ctx;
    buf_clear(&natural->key);
    for (int i = 1; i < n; i++)
        add_part(&natural->key, cells[i]);
    if (!is_empty(&natural->key, n - 1))
        add(natural, buf_view(&natural->key), cells[0]);
    return true;
}

bool natural_load(Natural **out, Pg *pg, const Table *table, bool only_generated, Err *err)
{
    Natural *natural = mem_alloc(sizeof *natural);
    Buf sql = {0};
    plan_natural_keys(&sql, table, only_generated);
    bool ok = pg_each(pg, sql.data, 0, NULL, add_row, natural, err);
    buf_free(&sql);
    *out = natural;
    return ok;
}

size_t natural_count(const Natural *natural) { return natural->n; }

void natural_free(Natural *natural)
{
    if (!natural)
        return;
    text_map_free(&natural->keys);
    free(natural->ids);
    arena_free(&natural->arena);
    buf_free(&natural->key);
    free(natural);
}

/* The key as add_row writes it; false if it is empty. */
static bool key_of(Buf *out, const Table *table, const Value *values)
{
    for (int i = 0; i < table->n_natural_key; i++)
        add_part(out, values[table->natural_key[i]].text);
    return !is_empty(out, table->n_natural_key);
}

NaturalOutcome natural_find(const Natural *natural, const Table *table, const Value *values, const char **id)
{
    Buf key = {0};
    NaturalOutcome outcome = NATURAL_NULL;
    if (key_of(&key, table, values)) {
        const TextEntry *entry = text_map_find(&natural->keys, buf_view(&key));
        outcome = !entry ? NATURAL_NONE : entry->repeated ? NATURAL_AMBIGUOUS : NATURAL_FOUND;
        *id = entry ? natural->ids[entry->number] : NULL;
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

#include "state.h"

#include <endian.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/record.h"

static void add_layout(Layouts *layouts, int id, const PgRows *rows, int first, int n)
{
    ARRAY_ROOM(layouts->items, layouts->n, layouts->cap);
    struct Layout *layout = &layouts->items[layouts->n++];
    *layout = (struct Layout){.id = id, .n = n, .columns = arena_alloc(&layouts->arena, sizeof(int) * (size_t)n)};
    for (int i = 0; i < n; i++)
        layout->columns[i] = table_column(layouts->table, pg_get(rows, first + i, 1));
}

/* Is the layout exactly today's mapping? */
static bool is_today(const Layouts *layouts, const struct Layout *layout)
{
    if (layout->n != layouts->table->n_columns)
        return false;
    for (int i = 0; i < layout->n; i++)
        if (layout->columns[i] != i)
            return false;
    return true;
}

bool layouts_load(Layouts *layouts, Pg *pg, const Table *table, Err *err)
{
    *layouts = (Layouts){.table = table};
    PgRows *rows = NULL;
    const char *params[] = {table->base->name, table->name};
    if (!pg_query(pg, sql_query("layouts"), 2, params, &rows, err))
        return false;
    for (int r = 0, n; r < pg_count(rows); r += n) {
        int id = (int)pg_int(rows, r, 0);
        for (n = 1; r + n < pg_count(rows) && pg_int(rows, r + n, 0) == id;)
            n++;
        add_layout(layouts, id, rows, r, n);
        if (is_today(layouts, &layouts->items[layouts->n - 1]))
            layouts->current = id;
    }
    pg_rows_free(rows);
    return true;
}

bool layouts_current(Layouts *layouts, Pg *pg, int *id, Err *err)
{
    if (!layouts->current) {
        const Table *table = layouts->table;
        const char **names = mem_alloc(sizeof *names * (size_t)table->n_columns);
        for (int c = 0; c < table->n_columns; c++)
            names[c] = table->columns[c].name;
        Buf array = {0};
        sql_array(&array, names, table->n_columns);
        free(names);
        const char *params[] = {table->base->name, table->name, array.data};
        char *value = NULL;
        bool ok = pg_value(pg, sql_query("layout_add"), 3, params, &value, err);
        buf_free(&array);
        if (!ok)
            return false;
        layouts->current = (int)strtol(value, NULL, 10);
        free(value);
    }
    *id = layouts->current;
    return true;
}

void layouts_free(Layouts *layouts)
{
    free(layouts->items);
    arena_free(&layouts->arena);
    *layouts = (Layouts){0};
}

/* ---- slots as bytes ---- */

/* Two bits a column, then 8 bytes for each whose value is none of the words: most cells of a base are empty or boxes. */
static const char *const words[] = {NULL, "f", "t"};
enum { WORDS = sizeof words / sizeof *words, SPELT = WORDS };

static size_t tag_bytes(int n) { return ((size_t)n + 3) / 4; }

size_t state_room(int n) { return tag_bytes(n) + sizeof(uint64_t) * (size_t)n; }

size_t state_pack(char *to, const uint64_t *slots, int n)
{
    uint64_t hashes[WORDS];
    for (int w = 0; w < WORDS; w++)
        hashes[w] = value_hash(words[w]);
    char *out = to + tag_bytes(n);
    memset(to, 0, tag_bytes(n));
    for (int i = 0; i < n; i++) {
        int tag = 0;
        while (tag < WORDS && slots[i] != hashes[tag])
            tag++;
        to[i / 4] |= (char)(tag << i % 4 * 2);
        uint64_t big = htobe64(slots[i]);
        if (tag == SPELT)
            out = mempcpy(out, &big, sizeof big);
    }
    return (size_t)(out - to);
}

/* False: these are no bytes of state_pack for n slots. */
static bool unpack(Str bytes, uint64_t *slots, int n)
{
    const char *tags = bytes.p, *end = bytes.p + bytes.n, *from = tags + tag_bytes(n);
    if (bytes.n < tag_bytes(n))
        return false;
    for (int i = 0; i < n; i++) {
        int tag = (unsigned char)tags[i / 4] >> i % 4 * 2 & 3;
        uint64_t big;
        if (tag != SPELT) {
            slots[i] = value_hash(words[tag]);
            continue;
        }
        if ((size_t)(end - from) < sizeof big)
            return false;
        memcpy(&big, from, sizeof big);
        slots[i] = be64toh(big);
        from += sizeof big;
    }
    return from == end;
}

/* ---- bytes as PostgreSQL prints them ---- */

static int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

static Str bytes_of(const char *hex, Arena *arena)
{
    size_t n = (strlen(hex) - 2) / 2;
    char *bytes = arena_alloc(arena, n + 1);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(hex_digit(hex[2 + 2 * i]) << 4 | hex_digit(hex[3 + 2 * i]));
    return (Str){bytes, n};
}

/* Where each slot of a layout stands today; NULL: the layout is today's, and not read back yet. False: there is none. */
static bool find_layout(const Layouts *layouts, int id, const int **columns, int *n)
{
    for (int i = 0; i < layouts->n; i++)
        if (layouts->items[i].id == id) {
            *columns = layouts->items[i].columns;
            *n = layouts->items[i].n;
            return true;
        }
    *columns = NULL;
    *n = layouts->table->n_columns;
    return id == layouts->current;
}

void state_decode(const Layouts *layouts, int layout, const char *hex, uint64_t *out)
{
    memset(out, 0, sizeof *out * (size_t)layouts->table->n_columns);
    const int *columns;
    int n;
    if (!hex || !find_layout(layouts, layout, &columns, &n))
        return;
    Arena arena = {0};
    uint64_t *slots = arena_alloc(&arena, sizeof *slots * (size_t)(n + 1));
    if (unpack(bytes_of(hex, &arena), slots, n))
        for (int i = 0; i < n; i++)
            if (!columns || columns[i] >= 0)
                out[columns ? columns[i] : i] = slots[i];
    arena_free(&arena);
}

void state_encode(Buf *out, const uint64_t *slots, int n)
{
    static const char digits[] = "0123456789abcdef";
    char *bytes = mem_alloc(state_room(n));
    size_t size = state_pack(bytes, slots, n);
    buf_reserve(out, 2 + 2 * size);
    buf_str(out, "\\x");
    for (size_t i = 0; i < size; i++) {
        buf_char(out, digits[(unsigned char)bytes[i] >> 4]);
        buf_char(out, digits[bytes[i] & 15]);
    }
    free(bytes);
}

/* state.c - the last-synced state as it is stored: artsync.state_<table>.cols, artsync.changes.before_cols and after_cols.
 *
 * One value of n slots, slot i belonging to artsync.layouts.columns[i] of the layout whose id is stored beside it.
 * Numbers are unsigned, most significant byte first.
 *
 *     OFFSET   SIZE        CONTENTS                                               layouts.packed = true
 *     0        ceil(n/4)   tags, two bits a slot: slot i in byte i / 4, bits 2 * (i mod 4) and the one above;
 *                          bits behind the last slot are 0
 *                            0  the value is NULL: slot = value_hash(NULL) = 1
 *                            1  the value is the text f
 *                            2  the value is the text t
 *                            3  the slot follows as 8 bytes
 *     ceil(n/4)  8 each    the slots whose tag is 3, in the order of i; 0: not known
 *
 *     OFFSET   SIZE        CONTENTS                                               layouts.packed = false (older)
 *     0        8 each      all n slots
 *
 *     A slot   value_hash(text): XXH3-64 of the cleaned value's bytes with seed 0; 1 for NULL; a hash of 0 or 1 counts
 *              2 more, so that 0 (not known) and 1 (NULL) are no text's. Of attachments the text is
 *              their file names, as PostgreSQL prints text[].
 *
 * A value whose length does not fit its tags is damaged. A new form gets a new column in artsync.layouts, a row here and
 * a line in tests/unit/test_formats.c; what is stored stays readable as it is.
 */
#include "artsync/state.h"

#include <endian.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/record.h"

static struct Layout *add_layout(Layouts *layouts, int id, bool packed, int n)
{
    ARRAY_ROOM(layouts->items, layouts->n, layouts->cap);
    struct Layout *layout = &layouts->items[layouts->n++];
    *layout = (struct Layout){id, packed, n, arena_alloc(&layouts->arena, sizeof(int) * (size_t)n)};
    return layout;
}

/* Is the layout exactly what would be written today? */
static bool is_today(const Layouts *layouts, const struct Layout *layout)
{
    if (!layout->packed || layout->n != layouts->table->n_columns)
        return false;
    for (int i = 0; i < layout->n; i++)
        if (layout->columns[i] != i)
            return false;
    return true;
}

/* Columns of layouts.sql. */
enum { L_ID, L_COLUMN, L_PACKED };

bool layouts_load(Layouts *layouts, Pg *pg, const Table *table, Err *err)
{
    *layouts = (Layouts){.table = table};
    PgRows *rows = NULL;
    const char *params[] = {table->base->name, table->name};
    if (!pg_query(pg, sql_query("layouts"), 2, params, &rows, err))
        return false;
    for (int r = 0, n; r < pg_count(rows); r += n) {
        int id = (int)pg_int(rows, r, L_ID);
        for (n = 1; r + n < pg_count(rows) && pg_int(rows, r + n, L_ID) == id;)
            n++;
        struct Layout *layout = add_layout(layouts, id, pg_bool(rows, r, L_PACKED), n);
        for (int i = 0; i < n; i++)
            layout->columns[i] = table_column(table, pg_get(rows, r + i, L_COLUMN));
        if (is_today(layouts, layout))
            layouts->current = id;
    }
    pg_rows_free(rows);
    layouts->former = mem_alloc(sizeof *layouts->former * (size_t)(table->n_columns + 1));
    bool ok = true;
    for (int c = 0; ok && c < table->n_columns; c++)
        ok = !table->columns[c].to || former_load(&layouts->former[c], pg, table->columns[c].to, err);
    return ok;
}

static bool store_today(Layouts *layouts, Pg *pg, Err *err)
{
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
    struct Layout *layout = add_layout(layouts, layouts->current, true, table->n_columns);
    for (int c = 0; c < table->n_columns; c++)
        layout->columns[c] = c;
    return true;
}

bool layouts_current(Layouts *layouts, Pg *pg, int *id, Err *err)
{
    bool ok = layouts->current || store_today(layouts, pg, err);
    *id = layouts->current;
    return ok;
}

void layouts_free(Layouts *layouts)
{
    for (int c = 0; layouts->former && c < layouts->table->n_columns; c++)
        former_free(&layouts->former[c]);
    free(layouts->former);
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

static const char *take_hash(const char *from, uint64_t *slot)
{
    uint64_t big;
    memcpy(&big, from, sizeof big);
    *slot = be64toh(big);
    return from + sizeof big;
}

/* False: these are no bytes of n slots. */
static bool unpack(Str bytes, uint64_t *slots, int n)
{
    const char *tags = bytes.p, *end = bytes.p + bytes.n, *from = tags + tag_bytes(n);
    if (bytes.n < tag_bytes(n))
        return false;
    for (int i = 0; i < n; i++) {
        int tag = (unsigned char)tags[i / 4] >> i % 4 * 2 & 3;
        if (tag != SPELT)
            slots[i] = value_hash(words[tag]);
        else if ((size_t)(end - from) < sizeof *slots)
            return false;
        else
            from = take_hash(from, &slots[i]);
    }
    return from == end;
}

/* The same where 8 bytes were written for every column. */
static bool read_plainly(Str bytes, uint64_t *slots, int n)
{
    const char *from = bytes.p;
    if (bytes.n != sizeof *slots * (size_t)n)
        return false;
    for (int i = 0; i < n; i++)
        from = take_hash(from, &slots[i]);
    return true;
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

static const struct Layout *find_layout(const Layouts *layouts, int id)
{
    for (int i = 0; i < layouts->n; i++)
        if (layouts->items[i].id == id)
            return &layouts->items[i];
    return NULL;
}

static bool fail_damaged(const Layouts *layouts, int layout, Err *err)
{
    return err_set(err, ERR_DATABASE, "restore a backup of schema artsync",
                   "artsync.%s holds state that is damaged: it does not fit its layout, %d", layouts->table->state, layout);
}

bool state_decode(const Layouts *layouts, int id, const char *hex, uint64_t *out, Err *err)
{
    memset(out, 0, sizeof *out * (size_t)layouts->table->n_columns);
    if (!hex)
        return true;
    const struct Layout *layout = find_layout(layouts, id);
    if (!layout)
        return fail_damaged(layouts, id, err);
    Arena arena = {0};
    uint64_t *slots = arena_alloc(&arena, sizeof *slots * (size_t)(layout->n + 1));
    Str bytes = bytes_of(hex, &arena);
    bool ok = layout->packed ? unpack(bytes, slots, layout->n) : read_plainly(bytes, slots, layout->n);
    for (int i = 0, c; ok && i < layout->n; i++)
        if ((c = layout->columns[i]) >= 0)
            out[c] = layouts->former ? former_now(&layouts->former[c], slots[i]) : slots[i];
    arena_free(&arena);
    return ok || fail_damaged(layouts, id, err);
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

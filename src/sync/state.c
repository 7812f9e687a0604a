#include "state.h"

#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"

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

static int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

void state_decode(const Layouts *layouts, int layout_id, const char *hex, uint64_t *out)
{
    memset(out, 0, sizeof *out * (size_t)layouts->table->n_columns);
    if (!hex)
        return;
    const struct Layout *layout = NULL;
    for (int i = 0; i < layouts->n && !layout; i++)
        if (layouts->items[i].id == layout_id)
            layout = &layouts->items[i];
    size_t slots = (strlen(hex) - 2) / 16;
    const char *p = hex + 2;
    for (size_t s = 0; s < slots; s++) {
        uint64_t v = 0;
        for (int d = 0; d < 16; d++)
            v = v << 4 | (uint64_t)hex_digit(*p++);
        int column = layout ? (s < (size_t)layout->n ? layout->columns[s] : -1)
                            : (layout_id == layouts->current && (int)s < layouts->table->n_columns ? (int)s : -1);
        if (column >= 0)
            out[column] = v;
    }
}

void state_encode(Buf *out, const uint64_t *slots, int n)
{
    static const char digits[] = "0123456789abcdef";
    buf_reserve(out, 2 + 16 * (size_t)n);
    buf_str(out, "\\x");
    for (int i = 0; i < n; i++) {
        char hex[16];
        for (int d = 0; d < 16; d++)
            hex[d] = digits[slots[i] >> (60 - 4 * d) & 15];
        buf_add(out, hex, sizeof hex);
    }
}

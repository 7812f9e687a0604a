/* layouts.c - which column each slot of a stored state belongs to: artsync.layouts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/state.h"

#define HEADER_SEPARATOR '\x1f'

static struct Layout *add_layout(Layouts *layouts, int id, int format, uint64_t rules, int n)
{
    ARRAY_RESERVE(layouts->items, layouts->n, layouts->cap);
    struct Layout *layout = &layouts->items[layouts->n++];
    *layout = (struct Layout){id, format, rules, n, arena_alloc(&layouts->arena, sizeof(int) * (size_t)n),
                              arena_alloc(&layouts->arena, (size_t)n)};
    return layout;
}

/* Is the layout exactly what would be written today? */
static bool is_today(const Layouts *layouts, const struct Layout *layout)
{
    if (layout->format != STATE_FORMAT || layout->rules != layouts->rules || layout->n != layouts->n_slots)
        return false;
    for (int i = 0; i < layout->n; i++)
        if (layout->columns[i] != i)
            return false;
    return true;
}

static void join_headers(Buf *out, const Table *table, const Column *column)
{
    const StringList lists[] = {column->headers, column->id_headers,
                                column->derive.from < 0 ? (StringList){0}
                                                        : table->columns[column->derive.from].headers};
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (int i = 0; i < lists[l].n; i++) {
            if (out->len)
                buf_char(out, HEADER_SEPARATOR);
            buf_str(out, lists[l].items[i]);
        }
}

/* Have two lists of headers none in common? Of a list that says nothing that cannot be told. */
static bool are_apart(const char *a, const char *b)
{
    if (!*a || !*b)
        return false;
    for (const char *p = a; p; p = strchr(p, HEADER_SEPARATOR)) {
        p += *p == HEADER_SEPARATOR;
        size_t n = strcspn(p, "\x1f");
        for (const char *q = b; q; q = strchr(q, HEADER_SEPARATOR)) {
            q += *q == HEADER_SEPARATOR;
            if (strcspn(q, "\x1f") == n && memcmp(p, q, n) == 0)
                return false;
        }
    }
    return true;
}

static bool is_elsewhere(const Table *table, int column, const char *headers)
{
    if (column >= table->n_columns || !headers)
        return false;
    Buf now = {0};
    buf_reserve(&now, 1);
    join_headers(&now, table, &table->columns[column]);
    bool apart = are_apart(now.len ? now.data : "", headers);
    buf_free(&now);
    return apart;
}

/* The slot of a stored name: a mapped column's, under its present name or its former one, or one behind them. */
static int slot_of(Layouts *layouts, const char *name)
{
    const Table *table = layouts->table;
    int column = table_column_or_was(table, name);
    for (int i = table->n_columns; column < 0 && i < layouts->n_slots; i++)
        if (strcmp(layouts->names[i], name) == 0)
            column = i;
    if (column >= 0)
        return column;
    layouts->names = mem_grow(layouts->names, (size_t)layouts->n_slots + 1, sizeof *layouts->names);
    layouts->names[layouts->n_slots] = arena_str(&layouts->arena, name);
    return layouts->n_slots++;
}

/* Columns of layouts.sql. */
enum { L_ID, L_COLUMN, L_FORMAT, L_MAPPING, L_HEADERS };

static void read_layout(Layouts *layouts, const PgRows *rows, int r, int n)
{
    const char *mapping = pg_get(rows, r, L_MAPPING);
    struct Layout *layout = add_layout(layouts, (int)pg_int(rows, r, L_ID), (int)pg_int(rows, r, L_FORMAT),
                                       strtoull(mapping, NULL, 16), n);
    for (int i = 0; i < n; i++) {
        layout->columns[i] = slot_of(layouts, pg_get(rows, r + i, L_COLUMN));
        layout->elsewhere[i] = is_elsewhere(layouts->table, layout->columns[i], pg_get(rows, r + i, L_HEADERS));
    }
}

bool layouts_load(Layouts *layouts, Pg *pg, const Table *table, Err *err)
{
    *layouts = (Layouts){.table = table, .rules = table->fingerprint, .n_slots = table->n_columns};
    PgRows *rows = NULL;
    const char *params[] = {table->base->name, table->name};
    if (!pg_query(pg, sql_query("layouts"), 2, params, &rows, err))
        return false;
    layouts->names = mem_alloc(sizeof *layouts->names * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        layouts->names[c] = table->columns[c].name;
    for (int r = 0, n; r < pg_count(rows); r += n) {
        int64_t id = pg_int(rows, r, L_ID);
        for (n = 1; r + n < pg_count(rows) && pg_int(rows, r + n, L_ID) == id;)
            n++;
        read_layout(layouts, rows, r, n);
    }
    pg_rows_free(rows);
    layouts->former = mem_alloc(sizeof *layouts->former * (size_t)(table->n_columns + 1));
    bool ok = true;
    for (int c = 0; ok && c < table->n_columns; c++)
        ok = !table->columns[c].to || former_load(&layouts->former[c], pg, table->columns[c].to, err);
    return ok;
}

void layouts_read_under(Layouts *layouts, uint64_t rules)
{
    if (layouts->rules != rules)
        layouts->current = 0;
    layouts->rules = rules;
}

static bool store_today(Layouts *layouts, Pg *pg, Err *err)
{
    const Table *table = layouts->table;
    const char **headers = mem_alloc(sizeof *headers * (size_t)(layouts->n_slots + 1));
    for (int i = 0; i < layouts->n_slots; i++) {
        Buf joined = {0};
        if (i < table->n_columns)
            join_headers(&joined, table, &table->columns[i]);
        headers[i] = joined.len ? arena_str(&layouts->arena, joined.data) : "";
        buf_free(&joined);
    }
    Buf names = {0}, lists = {0};
    sql_array(&names, layouts->names, layouts->n_slots);
    sql_array(&lists, headers, layouts->n_slots);
    free(headers);
    char rules[20], *value = NULL;
    snprintf(rules, sizeof rules, "%016" PRIx64, layouts->rules);
    const char *params[] = {table->base->name, table->name, names.data, PG_INT(STATE_FORMAT), rules, lists.data};
    bool ok = pg_value(pg, sql_query("layout_add"), 6, params, &value, err);
    buf_free(&names);
    buf_free(&lists);
    if (!ok)
        return false;
    layouts->current = (int)strtol(value, NULL, 10);
    free(value);
    struct Layout *layout = add_layout(layouts, layouts->current, STATE_FORMAT, layouts->rules, layouts->n_slots);
    for (int i = 0; i < layout->n; i++)
        layout->columns[i] = i;
    return true;
}

bool layouts_current(Layouts *layouts, Pg *pg, int *id, Err *err)
{
    for (int i = 0; !layouts->current && i < layouts->n; i++)
        if (is_today(layouts, &layouts->items[i]))
            layouts->current = layouts->items[i].id;
    bool ok = layouts->current || store_today(layouts, pg, err);
    *id = layouts->current;
    return ok;
}

const struct Layout *layouts_find(const Layouts *layouts, int id)
{
    for (int i = 0; i < layouts->n; i++)
        if (layouts->items[i].id == id)
            return &layouts->items[i];
    return NULL;
}

bool layouts_same_rules(const Layouts *layouts, int id)
{
    const struct Layout *layout = layouts_find(layouts, id);
    return layout && layout->format == STATE_FORMAT && layout->rules == layouts->rules;
}

void layouts_free(Layouts *layouts)
{
    for (int c = 0; layouts->former && c < layouts->table->n_columns; c++)
        former_free(&layouts->former[c]);
    free(layouts->former);
    free(layouts->items);
    free(layouts->names);
    arena_free(&layouts->arena);
    *layouts = (Layouts){0};
}

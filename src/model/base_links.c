/* base.json: links between tables, and the order that follows from them. */
#include <stdlib.h>

#include "base_build.h"

/* Where links point while tables still are in the order of base.json. */
typedef struct Targets {
    int n;
    int **of; /* of[table][column]: index of the linked table; -1: none */
} Targets;

static int find_table(const Base *base, const char *name)
{
    for (int i = 0; i < base->n_tables; i++)
        if (base->tables[i].name && strcmp(base->tables[i].name, name) == 0)
            return i;
    return -1;
}

static bool has_masked_names(const Table *table) { return table->columns[table->name_column].mask.kind != MASK_NONE; }

static int link_target(const Node *column_node, const Base *base, const Column *column)
{
    Node to = node_get(column_node, "to");
    const char *name = cJSON_GetStringValue(to.json);
    if (column->type != FIELD_LINK || !name || !*name)
        return -1;
    int target = find_table(base, name);
    if (target < 0) {
        Arena *arena = to.doc->arena;
        const char **names = arena_alloc(arena, (size_t)base->n_tables * sizeof *names);
        int n = 0;
        for (int i = 0; i < base->n_tables; i++)
            if (base->tables[i].name)
                names[n++] = base->tables[i].name;
        node_problem(&to, nearest_hint(arena, name, names, n), "\"%s\" is not a table of this base", name);
    } else if (base->tables[target].n_id_parts > 0)
        node_problem(&to, NULL, "%s has an id of several columns: no link can point at it", name);
    else if (column->headers.n > 0 && base->tables[target].name_column < 0)
        node_problem(&to, "give it a natural_key or a text column, or link by id_headers alone",
                     "no column of %s holds a name to link by", name);
    else if (column->headers.n > 0 && has_masked_names(&base->tables[target]))
        node_problem(&to, "link by id_headers alone, or leave out the mask",
                     "the names of %s are masked, so no link by name finds a row", name);
    return target;
}

static Targets read_targets(const Node *tables, const Base *base)
{
    Arena *arena = tables->doc->arena;
    Targets targets = {base->n_tables, arena_alloc(arena, (size_t)base->n_tables * sizeof *targets.of)};
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        Node node = node_item(tables, i, cJSON_GetArrayItem(tables->json, i), "table");
        Node columns = node_get(&node, "columns");
        targets.of[i] = arena_alloc(arena, ((size_t)table->n_columns + 1) * sizeof **targets.of);
        for (int k = 0; k < table->n_columns; k++) {
            Node column = node_item(&columns, k, cJSON_GetArrayItem(columns.json, k), "column");
            targets.of[i][k] = link_target(&column, base, &table->columns[k]);
        }
    }
    return targets;
}

/* The first table that table i links to and that is not placed yet, or -1: table i can be placed. */
static int waits_for(const Base *base, const Targets *targets, const int *position, int i)
{
    for (int k = 0; k < base->tables[i].n_columns; k++)
        if (targets->of[i][k] >= 0 && position[targets->of[i][k]] < 0)
            return targets->of[i][k];
    return -1;
}

/* Each table that is left waits for another that is left, so following them leads into a circle. */
static void report_circle(const Node *tables, const Base *base, const Targets *targets, const int *position)
{
    int at = 0;
    while (position[at] >= 0)
        at++;
    for (int steps = 0; steps < base->n_tables; steps++)
        at = waits_for(base, targets, position, at); /* after n steps we are inside the circle */
    const char *path = base->tables[at].name;
    int next = at;
    do {
        next = waits_for(base, targets, position, next);
        path = arena_printf(tables->doc->arena, "%s -> %s", path, base->tables[next].name);
    } while (next != at);
    node_problem(tables, "leave one of these links unmapped", "links in a circle: %s", path);
}

/* position[i]: where table i of base.json comes in link order; stable: otherwise the order of base.json. */
static bool sort_tables(const Node *tables, const Base *base, const Targets *targets, int *position)
{
    for (int i = 0; i < base->n_tables; i++)
        position[i] = -1;
    for (int placed = 0; placed < base->n_tables; placed++) {
        int i = 0;
        while (i < base->n_tables && (position[i] >= 0 || waits_for(base, targets, position, i) >= 0))
            i++;
        if (i == base->n_tables) {
            report_circle(tables, base, targets, position);
            return false;
        }
        position[i] = placed;
    }
    return true;
}

void finish_links(const Node *tables, Base *base)
{
    Arena *arena = tables->doc->arena;
    Targets targets = read_targets(tables, base);
    int *position = arena_alloc(arena, (size_t)base->n_tables * sizeof *position);
    if (!sort_tables(tables, base, &targets, position))
        return;
    Table *sorted = arena_alloc(arena, (size_t)base->n_tables * sizeof *sorted);
    for (int i = 0; i < base->n_tables; i++) {
        Table *table = &sorted[position[i]];
        *table = base->tables[i];
        table->index = position[i];
        for (int k = 0; k < table->n_columns; k++)
            table->columns[k].to = targets.of[i][k] < 0 ? NULL : &sorted[position[targets.of[i][k]]];
    }
    base->tables = sorted;
}

/* base.json: what needs the whole table. */
#include <stdlib.h>

#include "artsync/utf8.h"
#include "base_build.h"

static Node column_node(const Node *columns, int i)
{
    return node_item(columns, i, cJSON_GetArrayItem(columns->json, i), "column");
}

static int find_column(const Table *table, const char *name)
{
    for (int i = 0; name && i < table->n_columns; i++)
        if (table->columns[i].name && strcmp(table->columns[i].name, name) == 0)
            return i;
    return -1;
}

static void unknown_column(const Node *at, const Table *table, const char *name)
{
    Arena arena = {0};
    const char **names = arena_alloc(&arena, ((size_t)table->n_columns + 1) * sizeof *names);
    int n = 0;
    for (int i = 0; i < table->n_columns; i++)
        if (table->columns[i].name)
            names[n++] = table->columns[i].name;
    node_problem(at, nearest_hint(&arena, name, names, n), "\"%s\" is not a mapped column of this table", name);
    arena_free(&arena);
}

static void column_names(const Node *columns, const Table *table)
{
    for (int i = 0; i < table->n_columns; i++) {
        const char *name = table->columns[i].name;
        if (!name)
            continue;
        Node node = column_node(columns, i);
        if (find_column(table, name) < i)
            node_problem(&node, NULL, "the column %s is mapped twice", name);
        if (table->id_column && strcmp(name, table->id_column) == 0)
            node_problem(&node, NULL, "the id column is mapped by \"id\" and cannot be mapped again");
        if (table_has_metadata(table, name))
            node_problem(&node, "give artsync's column another name with \"metadata\"",
                         "%s is kept by artsync itself and cannot be mapped", name);
    }
}

/* A former name that is still in use, or that two columns had, would give one column another one's last-synced
 * state. */
static void former_names(const Node *columns, const Table *table)
{
    for (int i = 0; i < table->n_columns; i++) {
        const char *was = table->columns[i].was;
        if (!was)
            continue;
        Node node = column_node(columns, i), at = node_get(&node, "was");
        if (find_column(table, was) >= 0 || (table->id_column && strcmp(was, table->id_column) == 0))
            node_problem(&at, "leave \"was\" out once it is of no more use", "the column %s is mapped itself", was);
        for (int k = 0; k < i; k++)
            if (table->columns[k].was && strcmp(table->columns[k].was, was) == 0)
                node_problem(&at, NULL, "%s was %s already",
                             table->columns[k].name ? table->columns[k].name : "another column", was);
    }
}

static void derive_sources(const Node *columns, Table *table)
{
    for (int i = 0; i < table->n_columns; i++) {
        Node node = column_node(columns, i), derive = node_get(&node, "derive"), from = node_get(&derive, "from");
        const char *name = cJSON_GetStringValue(from.json);
        if (!name || !*name)
            continue;
        int source = find_column(table, name);
        if (source < 0) {
            unknown_column(&from, table, name);
            continue;
        }
        Node other = column_node(columns, source);
        if (source == i)
            node_problem(&from, NULL, "a column cannot come from itself");
        else if (node_get(&other, "derive").json)
            node_problem(&from, NULL, "%s is derived itself; name the column that it comes from", name);
        table->columns[i].derive.from = source;
    }
}

static void natural_key(const Node *table_node, Table *table)
{
    Node id = node_get(table_node, "id"), key = node_get(&id, "natural_key");
    int n = 0;
    for (const cJSON *json = key.json ? key.json->child : NULL; json && n < table->n_natural_key; json = json->next) {
        const char *name = cJSON_GetStringValue(json);
        if (!name || !*name)
            continue;
        int column = find_column(table, name);
        if (column < 0)
            unknown_column(&key, table, name);
        else if (table->columns[column].type == FIELD_ATTACHMENTS)
            node_problem(&key, NULL, "attachments change with every export and identify nothing");
        table->natural_key[n++] = column;
    }
}

/* The parts of an id: their values have one spelling, and are never empty. */
static void id_parts(const Node *table_node, Table *table)
{
    Node id = node_get(table_node, "id"), list = node_get(&id, "columns");
    int n = 0;
    for (const cJSON *json = list.json ? list.json->child : NULL; json && n < table->n_id_parts; json = json->next) {
        const char *name = cJSON_GetStringValue(json);
        if (!name || !*name)
            continue;
        int column = find_column(table, name);
        if (column < 0) {
            unknown_column(&list, table, name);
            continue;
        }
        FieldType type = table->columns[column].type;
        bool known = type < FIELD_COUNT; /* else told already */
        if (known && type != FIELD_TEXT && type != FIELD_CHOICE && type != FIELD_INTEGER && type != FIELD_DECIMAL &&
            type != FIELD_DATE)
            node_problem(&list, "an id is made of text, choice, integer, decimal and date", "%s is a %s", name,
                         field_type_name(type));
        if (table->columns[column].derive.from >= 0)
            node_problem(&list, NULL, "%s is derived from another column", name);
        table->id_parts[n++] = column;
    }
}

/* ---- headers of two columns ---- */

typedef struct MappedHeader {
    Str folded; /* as headers are matched: without case and repeated spaces */
    const char *header;
    int owner; /* -1: the id; 2 * column: its headers; 2 * column + 1: its id_headers */
} MappedHeader;

static int by_header(const void *left, const void *right)
{
    const MappedHeader *a = left, *b = right;
    size_t n = a->folded.n < b->folded.n ? a->folded.n : b->folded.n;
    int order = memcmp(a->folded.p, b->folded.p, n);
    if (order == 0)
        order = (a->folded.n > b->folded.n) - (a->folded.n < b->folded.n);
    return order ? order : (a->owner > b->owner) - (a->owner < b->owner);
}

static size_t add_headers(MappedHeader *mapped, size_t n, const StringList *headers, int owner, Arena *arena)
{
    for (int i = 0; i < headers->n; i++) {
        const char *header = headers->items[i];
        mapped[n++] = (MappedHeader){utf8_fold(str_of(header), arena), header, owner};
    }
    return n;
}

static const char *owner_name(const Table *table, int owner)
{
    const char *name = owner < 0 ? "the id" : table->columns[owner / 2].name;
    return name ? name : "another column";
}

static void check_repeated_headers(const Node *table_node, const Node *columns, const Table *table)
{
    Arena *arena = columns->doc->arena;
    size_t n = (size_t)table->id_headers.n;
    for (int i = 0; i < table->n_columns; i++)
        n += (size_t)table->columns[i].headers.n + (size_t)table->columns[i].id_headers.n;
    MappedHeader *mapped = arena_alloc(arena, (n + 1) * sizeof *mapped);
    n = add_headers(mapped, 0, &table->id_headers, -1, arena);
    for (int i = 0; i < table->n_columns; i++) {
        n = add_headers(mapped, n, &table->columns[i].headers, 2 * i, arena);
        n = add_headers(mapped, n, &table->columns[i].id_headers, 2 * i + 1, arena);
    }
    qsort(mapped, n, sizeof *mapped, by_header);
    for (size_t i = 0; i < n; i++) {
        Node node = mapped[i].owner < 0 ? node_get(table_node, "id") : column_node(columns, mapped[i].owner / 2);
        if (i > 0 && str_eq(mapped[i - 1].folded, mapped[i].folded) && mapped[i - 1].owner != mapped[i].owner)
            node_problem(&node, NULL, "the header \"%s\" is already mapped to %s", mapped[i].header,
                         owner_name(table, mapped[i - 1].owner));
        if (mapped[i].folded.n == 0)
            node_problem(&node, NULL, "a header must not be empty");
        if (strncmp(mapped[i].header, "_reject_", 8) == 0)
            node_problem(&node, NULL, "headers that begin with _reject_ are ignored in a file");
    }
}

/* What a link to this table compares names with. */
static int name_column(const Table *table)
{
    if (table->n_natural_key > 0)
        return table->natural_key[0];
    if (table->n_id_parts > 0) /* nothing links to it, and its id is readable */
        return -1;
    for (int i = 0; i < table->n_columns; i++)
        if (table->columns[i].type == FIELD_TEXT)
            return i;
    return -1;
}

void finish_table(const Node *node, Table *table)
{
    Node columns = node_get(node, "columns");
    column_names(&columns, table);
    former_names(&columns, table);
    derive_sources(&columns, table);
    natural_key(node, table);
    id_parts(node, table);
    check_repeated_headers(node, &columns, table);
    table->name_column = name_column(table);
}

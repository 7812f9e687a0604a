/* base.json: the base. One row per key; tables are read in base_table.c, columns in base_columns.c. */
#include <stdlib.h>

#include "base_build.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- the base ---- */

static void read_base_name(const Node *value, void *target)
{
    const char *name = node_identifier(value);
    if (name && strcmp(name, "artsync") == 0) /* its migrations would be mistaken for artsync's own */
        node_problem(value, "give it another name", "a base cannot be called artsync");
    ((Base *)target)->name = name;
}

static void read_base_schema(const Node *value, void *target)
{
    const char *schema = read_schema(value);
    ((Base *)target)->schema = schema ? schema : ((Base *)target)->schema;
}

static const char *const order_words[] = {[DATE_MDY] = "mdy", [DATE_DMY] = "dmy", [DATE_AUTO] = "auto", NULL};

static void read_date_order(const Node *value, void *target)
{
    int order = node_word(value, order_words, DATE_MDY);
    ((Base *)target)->date_order = order < 0 ? DATE_MDY : (DateOrder)order;
}

static void read_base_mark(const Node *value, void *target) { ((Base *)target)->mark = read_mark(value); }
static void read_base_csv(const Node *value, void *target) { read_csv(value, &((Base *)target)->csv); }
static void read_base_zone(const Node *value, void *target) { ((Base *)target)->zone = read_zone(value); }

static void read_null_tokens(const Node *value, void *target)
{
    ((Base *)target)->null_tokens = node_names(value, false);
}

static void repeated_tables(const Node *tables, const Base *base, int i)
{
    const Table *table = &base->tables[i];
    Node node = node_item(tables, i, cJSON_GetArrayItem(tables->json, i), "table");
    for (int k = 0; k < i; k++) {
        const Table *other = &base->tables[k];
        if (table->name && other->name && strcmp(table->name, other->name) == 0)
            node_problem(&node,
                         strcmp(table->schema, other->schema) == 0
                             ? NULL
                             : "commands and logs name tables without their schema: map a table of another name",
                         "the table %s is mapped twice", table->name);
        if (!table->file || !other->file)
            continue;
        if (table_takes_file(other, table->file))
            node_problem(&node, NULL, "the file \"%s\" is mapped twice", table->file);
        else if (table_takes_file(table, other->file))
            node_problem(&node, NULL, "the file \"%s\" is mapped twice", other->file);
    }
    if (table->name && strcmp(table->name, "sync_logs") == 0 && strcmp(table->schema, "public") == 0)
        node_problem(&node, NULL, "the table sync_logs is artsync's own");
}

static void read_tables(const Node *value, void *target)
{
    Base *base = target;
    int n = node_array(value), i = 0;
    if (n == 0)
        return;
    base->tables = arena_alloc(&base->arena, (size_t)n * sizeof *base->tables);
    base->n_tables = n;
    for (const cJSON *json = value->json->child; json; json = json->next, i++) {
        Table *table = &base->tables[i];
        Node node = node_item(value, i, json, "table");
        table->base = base;
        table->schema = base->schema;
        table->mark = base->mark;
        table->zone = base->zone;
        table->csv = base->csv;
        read_table(&node, table);
        repeated_tables(value, base, i);
    }
    finish_links(value, base);
}

/* What an editor needs to know that base.json is one: where the file is that `base schema` printed. */
static void read_schema_file(const Node *value, void *target)
{
    (void)target;
    node_text(value);
}

static const JsonShape order_shape = {.kind = SHAPE_WORD, .words = order_words};
static const JsonShape table_shape = {.kind = SHAPE_OBJECT, .keys = &table_key_list};
static const JsonShape tables_shape = {.kind = SHAPE_LIST, .item = &table_shape, .repeats = true};

static const JsonKey base_keys[] = {
    {"$schema", false, read_schema_file, 0, 0, &shape_text,
     "for editors: where the file is that `artsync base schema` printed; artsync does not read it"},
    {"name", true, read_base_name, 0, 0, &shape_name, "the base's name"},
    {"schema", false, read_base_schema, 0, 0, &shape_name,
     "the schema of its tables, for those that name none; default `public`"},
    {"date_order", false, read_date_order, 0, 0, &order_shape,
     "`mdy` (default), `dmy` or `auto`: how `1/2/2025` is read"},
    {"null_tokens", false, read_null_tokens, 0, 0, &shape_names, "texts that count as empty cells"},
    {"decimal_mark", false, read_base_mark, 0, 0, &mark_shape,
     "`point`, `comma` or `auto` (default): what separates the decimals of its numbers; `auto`: each column's numbers "
     "show it (FIELD_TYPES.md)"},
    {"time_zone", false, read_base_zone, 0, 0, &zone_shape,
     "in which zone its date-times without a zone are, such as `Europe/London`; default UTC"},
    {"csv", false, read_base_csv, 0, 0, &csv_shape, "how its files are written; without the key commas and UTF-8"},
    /* behind what they take from the base */
    {"tables", true, read_tables, 0, 0, &tables_shape, "the tables"},
};

const KeyList base_key_list = {"base", base_keys, COUNT(base_keys), NULL};

static Zone *zone_called(Base *base, const char *name)
{
    for (int i = 0; i < base->n_zones; i++)
        if (strcmp(base->zones[i].name, name) == 0)
            return &base->zones[i];
    base->zones[base->n_zones] = (Zone){.name = name};
    return &base->zones[base->n_zones++];
}

static void finish_zones(Base *base)
{
    size_t most = 0;
    for (int t = 0; t < base->n_tables; t++)
        most += (size_t)base->tables[t].n_columns;
    base->zones = arena_alloc(&base->arena, (most + 1) * sizeof *base->zones);
    for (int t = 0; t < base->n_tables; t++)
        for (int c = 0; c < base->tables[t].n_columns; c++) {
            Column *column = &base->tables[t].columns[c];
            if ((column->type == FIELD_DATE || column->type == FIELD_DATETIME) && column->zone)
                column->zone_offsets = zone_called(base, column->zone);
        }
}

Base *base_draft(const char *text, size_t size, const char *origin, Problems *problems)
{
    Base *base = mem_alloc(sizeof *base);
    base->origin = arena_str(&base->arena, origin);
    base->schema = "public";
    JsonDoc doc = {.origin = base->origin, .arena = &base->arena, .problems = problems};
    cJSON *json = json_read(&doc, text, size);
    if (json) {
        Node root = node_root(&doc, json);
        node_fields(&root, base_keys, COUNT(base_keys), base);
        cJSON_Delete(json);
    }
    return base;
}

Base *base_parse(const char *text, size_t size, const char *origin, Problems *problems)
{
    int before = problems->n;
    Base *base = base_draft(text, size, origin, problems);
    if (problems->n > before) {
        base_free(base);
        return NULL;
    }
    finish_zones(base);
    for (int i = 0; i < base->n_tables; i++) {
        table_state_name(&base->tables[i], &base->arena);
        table_fingerprint(&base->tables[i]);
    }
    return base;
}

void base_free(Base *base)
{
    if (!base)
        return;
    for (int i = 0; i < base->n_zones; i++)
        free(base->zones[i].offsets);
    arena_free(&base->arena);
    free(base);
}

const Table *base_table(const Base *base, const char *name)
{
    for (int i = 0; i < base->n_tables; i++)
        if (strcmp(base->tables[i].name, name) == 0)
            return &base->tables[i];
    return NULL;
}

int table_column(const Table *table, const char *name)
{
    for (int i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return i;
    return -1;
}

int table_column_or_was(const Table *table, const char *name)
{
    int column = table_column(table, name);
    for (int i = 0; column < 0 && i < table->n_columns; i++)
        if (table->columns[i].was && strcmp(table->columns[i].was, name) == 0)
            column = i;
    bool is_there = column >= 0 && strcmp(table->columns[column].name, name) != 0 && table->catalog &&
                    catalog_column(table->catalog, name) >= 0;
    return is_there ? -1 : column; /* not renamed: the table has that column beside the new one */
}

/* base.json: the base and its tables. One row per key; columns are read in base_columns.c. */
#include <stdlib.h>

#include "artsync/utf8.h"
#include "base_build.h"

enum { TABLE_NAME_MAX = 50, FILE_NAME_MAX = 255 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- one table ---- */

static void read_table_name(const Node *value, void *target)
{
    Table *table = target;
    table->name = node_identifier(value);
    if (table->name && utf8_length(str_of(table->name)) > TABLE_NAME_MAX)
        node_problem(value, NULL, "is longer than %d characters, which sync_logs.table_name can hold", TABLE_NAME_MAX);
}

static void read_file(const Node *value, void *target)
{
    const char *file = node_text(value);
    if (!file)
        return;
    if (strchr(file, '/') || strcmp(file, ".") == 0 || strcmp(file, "..") == 0)
        node_problem(value, "--export-dir names the folder, --file any other path", "must be a file name, not a path");
    else if (strlen(file) > FILE_NAME_MAX)
        node_problem(value, NULL, "is longer than %d bytes", FILE_NAME_MAX);
    ((Table *)target)->file = file;
}

static void read_id_column(const Node *value, void *target) { ((Table *)target)->id_column = node_identifier(value); }

static void read_id_headers(const Node *value, void *target)
{
    ((Table *)target)->id_headers = node_names(value, false);
}

/* The names are looked up in finish_table, when all columns are known; here their number is. */
static void read_natural_key(const Node *value, void *target)
{
    Table *table = target;
    StringList names = node_names(value, false);
    table->natural_key = arena_alloc(value->doc->arena, (size_t)names.n * sizeof *table->natural_key);
    table->n_natural_key = names.n;
}

static const JsonKey id_keys[] = {
    {"column", true, read_id_column, 0},
    {"headers", false, read_id_headers, 0},
    {"natural_key", false, read_natural_key, 0},
};

static void read_id(const Node *value, void *target)
{
    const Table *table = target;
    bool sound = node_fields(value, id_keys, COUNT(id_keys), target);
    if (sound && !node_get(value, "headers").json && table->n_natural_key == 0)
        node_problem(value, NULL, "needs \"headers\", \"natural_key\" or both: records cannot be identified without one of them");
}

static void read_skip(const Node *value, void *target)
{
    Table *table = target;
    if (!node_object(value))
        return;
    Arena *arena = value->doc->arena;
    table->skips = arena_alloc(arena, (size_t)cJSON_GetArraySize(value->json) * sizeof *table->skips);
    for (const cJSON *json = value->json->child; json; json = json->next) {
        Node values = node_get(value, json->string);
        SkipRule *rule = &table->skips[table->n_skips++];
        rule->header = arena_str(arena, json->string);
        rule->values = node_names(&values, true);
        if (utf8_trim(str_of(json->string)).n == 0)
            node_problem(value, NULL, "a header must not be empty");
        for (int i = 0; i < rule->values.n; i++) { /* cells are compared trimmed, so the values are */
            Str trimmed = utf8_trim(str_of(rule->values.items[i]));
            rule->values.items[i] = arena_strn(arena, trimmed.p, trimmed.n);
        }
    }
}

static void read_columns(const Node *value, void *target)
{
    Table *table = target;
    int n = node_array(value), i = 0;
    if (n == 0)
        return;
    table->columns = arena_alloc(value->doc->arena, (size_t)n * sizeof *table->columns);
    table->n_columns = n;
    for (const cJSON *json = value->json->child; json; json = json->next, i++) {
        Node column = node_item(value, i, json, "column");
        table->columns[i].index = i;
        table->columns[i].mark = table->mark;
        table->columns[i].zone = table->zone;
        read_column(&column, &table->columns[i]);
    }
}

static void read_table_mark(const Node *value, void *target) { ((Table *)target)->mark = read_mark(value); }
static void read_table_zone(const Node *value, void *target) { ((Table *)target)->zone = read_zone(value); }

static const JsonKey table_keys[] = {
    {"table", true, read_table_name, 0},         {"file", true, read_file, 0},
    {"id", true, read_id, 0},                    {"skip", false, read_skip, 0},
    {"decimal_mark", false, read_table_mark, 0}, {"time_zone", false, read_table_zone, 0},
    {"columns", true, read_columns, 0}, /* behind what they take from the table */
    {"metadata", false, read_metadata, 0},
};

/* ---- the base ---- */

static void read_base_name(const Node *value, void *target)
{
    const char *name = node_identifier(value);
    if (name && strcmp(name, "artsync") == 0) /* its migrations would pass for artsync's own */
        node_problem(value, "give it another name", "a base cannot be called artsync");
    ((Base *)target)->name = name;
}

static void read_schema(const Node *value, void *target)
{
    const char *schema = node_identifier(value);
    if (!schema)
        return;
    if (strcmp(schema, "artsync") == 0 || strcmp(schema, "information_schema") == 0 || strncmp(schema, "pg_", 3) == 0)
        node_problem(value, NULL, "the schema %s is not for a base's tables", schema);
    ((Base *)target)->schema = schema;
}

static void read_date_order(const Node *value, void *target)
{
    static const char *const words[] = {[DATE_MDY] = "mdy", [DATE_DMY] = "dmy", [DATE_AUTO] = "auto", NULL};
    int order = node_word(value, words, DATE_MDY);
    ((Base *)target)->date_order = order < 0 ? DATE_MDY : (DateOrder)order;
}

static void read_base_mark(const Node *value, void *target) { ((Base *)target)->mark = read_mark(value); }
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
            node_problem(&node, NULL, "the table %s is mapped twice", table->name);
        if (table->file && other->file && strcmp(table->file, other->file) == 0)
            node_problem(&node, NULL, "the file \"%s\" is mapped twice", table->file);
    }
    if (table->name && strcmp(table->name, "sync_logs") == 0 && strcmp(base->schema, "public") == 0)
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
        table->name_column = -1;
        metadata_defaults(table);
        node_fields(&node, table_keys, COUNT(table_keys), table);
        finish_table(&node, table);
        repeated_tables(value, base, i);
    }
    finish_links(value, base);
}

static const JsonKey base_keys[] = {
    {"name", true, read_base_name, 0},         {"schema", false, read_schema, 0},
    {"date_order", false, read_date_order, 0}, {"null_tokens", false, read_null_tokens, 0},
    {"decimal_mark", false, read_base_mark, 0}, {"time_zone", false, read_base_zone, 0},
    {"tables", true, read_tables, 0},
};

const KeyList base_key_lists[] = {
    {"base", base_keys, COUNT(base_keys)},
    {"table", table_keys, COUNT(table_keys)},
    {"id", id_keys, COUNT(id_keys)},
};

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
    return column;
}

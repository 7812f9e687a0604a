/* base.json: one table. One row per key; columns are read in base_columns.c. */
#include <stdlib.h>

#include "artsync/utf8.h"
#include "base_build.h"

enum { TABLE_NAME_MAX = 50 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void read_table_name(const Node *value, void *target)
{
    Table *table = target;
    table->name = node_identifier(value);
    if (table->name && utf8_length(str_of(table->name)) > TABLE_NAME_MAX)
        node_problem(value, NULL, "is longer than %d characters, which sync_logs.table_name can hold", TABLE_NAME_MAX);
}

const char *read_schema(const Node *value)
{
    const char *schema = node_identifier(value);
    if (schema && (strcmp(schema, "artsync") == 0 || strcmp(schema, "information_schema") == 0 ||
                   strncmp(schema, "pg_", 3) == 0))
        node_problem(value, NULL, "the schema %s is not for a base's tables", schema);
    return schema;
}

static void read_table_schema(const Node *value, void *target)
{
    const char *schema = read_schema(value);
    ((Table *)target)->schema = schema ? schema : ((Table *)target)->schema;
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

/* The same: which columns these are is found in finish_table. */
static void read_id_columns(const Node *value, void *target)
{
    Table *table = target;
    StringList names = node_names(value, false);
    Buf label = {0};
    table->id_parts = arena_alloc(value->doc->arena, (size_t)(names.n + 1) * sizeof *table->id_parts);
    table->n_id_parts = names.n;
    for (int i = 0; i < names.n; i++)
        buf_printf(&label, "%s%s", i ? ", " : "(", names.items[i]);
    buf_char(&label, ')');
    table->id_column = arena_str(value->doc->arena, label.data);
    buf_free(&label);
}

static const JsonKey id_keys[] = {
    {"column", false, read_id_column, 0, 0, &shape_name,
     "the unique column that holds the record id; this or `columns` is needed"},
    {"columns", false, read_id_columns, 0, 0, &shape_names,
     "several columns, elements of the table's `columns`, that are the id together; their texts are joined with `/`"},
    {"headers", false, read_id_headers, 0, 0, &shape_names,
     "headers that hold it; with `column`, this or `natural_key` is needed"},
    {"natural_key", false, read_natural_key, 0, 0, &shape_names,
     "columns that identify a record of a file without ids; some of them may be empty, but not all"},
};

static const KeyList id_key_list = {"id", id_keys, COUNT(id_keys), "headers natural_key columns"};
static const JsonShape id_shape = {.kind = SHAPE_OBJECT, .keys = &id_key_list};

static void read_id(const Node *value, void *target)
{
    const Table *table = target;
    bool sound = node_fields(value, id_keys, COUNT(id_keys), target);
    bool column = node_get(value, "column").json, columns = node_get(value, "columns").json;
    bool headers = node_get(value, "headers").json, key = node_get(value, "natural_key").json;
    if (sound && column == columns)
        node_problem(value, NULL, "needs either \"column\" or \"columns\"");
    else if (sound && columns && (headers || key))
        node_problem(value, "the columns have headers of their own",
                     "\"columns\" cannot be combined with \"headers\" or \"natural_key\"");
    else if (sound && !columns && !headers && table->n_natural_key == 0)
        node_problem(value, NULL,
                     "needs \"headers\", \"natural_key\" or both: records cannot be identified without one of them");
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
        table->columns[i].from_database = table->from.database != NULL;
        read_column(&column, &table->columns[i]);
    }
}

static void read_insert(const Node *value, void *target)
{
    ((Table *)target)->updates_only = !node_boolean(value, true);
}

static void read_table_mark(const Node *value, void *target) { ((Table *)target)->mark = read_mark(value); }
static void read_table_csv(const Node *value, void *target) { read_csv(value, &((Table *)target)->csv); }
static void read_table_zone(const Node *value, void *target) { ((Table *)target)->zone = read_zone(value); }

static const JsonShape table_name_shape = {.kind = SHAPE_TEXT, .most = TABLE_NAME_MAX};
static const JsonShape skip_shape = {.kind = SHAPE_MAP, .item = &shape_texts};
static const JsonShape column_shape = {.kind = SHAPE_OBJECT, .keys = &column_key_list};
static const JsonShape columns_shape = {.kind = SHAPE_LIST, .item = &column_shape, .repeats = true};
static const JsonShape source_shape = {.kind = SHAPE_OBJECT, .keys = &source_key_list};
static const JsonShape metadata_keys_shape = {.kind = SHAPE_OBJECT, .keys = &metadata_key_list};
static const JsonShape metadata_shape = {.kind = SHAPE_EITHER, .item = &shape_boolean, .other = &metadata_keys_shape};

static const JsonKey table_keys[] = {
    {"table", true, read_table_name, 0, 0, &table_name_shape, "the table's name"},
    {"schema", false, read_table_schema, 0, 0, &shape_name, "the table's schema; default the base's `schema`"},
    {"file", false, read_file, 0, 0, &file_shape,
     "the name of its file in the export folder, or a list of patterns (`*`, `?`, `[abc]`): the newest file that fits "
     "one is read; this or `source` is needed"},
    {"csv", false, read_table_csv, 0, 0, &csv_shape, "how its file is written, where that is not as the base says"},
    {"source", false, read_source, 0, 0, &source_shape, "the database that its records are read from"},
    {"id", true, read_id, 0, 0, &id_shape, "which record is which row"},
    {"skip", false, read_skip, 0, 0, &skip_shape,
     "header to list of values: a record with one of them is skipped; compared without surrounding spaces"},
    {"decimal_mark", false, read_table_mark, 0, 0, &mark_shape, "the base's `decimal_mark`, for this table"},
    {"time_zone", false, read_table_zone, 0, 0, &zone_shape, "the base's `time_zone`, for this table"},
    /* behind what they take from the table */
    {"columns", true, read_columns, 0, 0, &columns_shape, "the mapped columns, without the id column"},
    {"insert", false, read_insert, 0, 0, &shape_boolean,
     "`false`: rows are only updated; a record without a row is counted as not found"},
    {"metadata", false, read_metadata, 0, 0, &metadata_shape,
     "names of the columns in which a sync keeps what it knows of a row; `false`: the table is not artsync's, no "
     "column is "
     "added to it and `db drop` leaves it alone"},
};

const KeyList table_key_list = {"table", table_keys, COUNT(table_keys), "file source"};

/* Where do its records come from? Of a database's table `file` is what export writes. */
static void check_records(const Node *node, Table *table)
{
    if (!node_get(node, "file").json == !node_get(node, "source").json)
        node_problem(node, NULL, "needs either \"file\", a CSV file, or \"source\", a database");
    if (table->from.database)
        table->file = arena_printf(node->doc->arena, "%s.csv", table->name);
}

void read_table(const Node *node, Table *table)
{
    table->name_column = -1;
    metadata_defaults(table);
    if (node_fields(node, table_keys, COUNT(table_keys), table))
        check_records(node, table);
    finish_table(node, table);
}

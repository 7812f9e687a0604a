/* base_map.c - what the options of `artsync map` say, as a base. */
#include "artsync/base_map.h"

#include <stdlib.h>

#include "artsync/hash.h"
#include "base_build.h"

static FieldType field_for(PgKind kind)
{
    switch (kind) {
    case PG_INTEGER:
        return FIELD_INTEGER;
    case PG_NUMERIC:
    case PG_FLOAT:
        return FIELD_DECIMAL;
    case PG_BOOLEAN:
        return FIELD_BOOLEAN;
    case PG_DATE:
        return FIELD_DATE;
    case PG_TIMESTAMP:
    case PG_TIMESTAMPTZ:
        return FIELD_DATETIME;
    case PG_INTERVAL:
        return FIELD_DURATION;
    case PG_TEXT_ARRAY:
    case PG_ENUM_ARRAY:
        return FIELD_LIST;
    case PG_JSON:
    case PG_JSONB:
        return FIELD_JSON;
    case PG_ENUM:
        return FIELD_CHOICE;
    default:
        return FIELD_TEXT;
    }
}

static void add_names(cJSON *object, const char *key, const char *const *names, int n)
{
    cJSON_AddItemToObject(object, key, cJSON_CreateStringArray(names, n));
}

static void add_column(cJSON *columns, const MapColumn *column, const CatalogTable *catalog)
{
    int at = catalog ? catalog_column(catalog, column->to) : -1;
    const PgType *type = at < 0 ? NULL : &catalog->columns[at].type;
    FieldType field = type ? field_for(type->kind) : FIELD_TEXT;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "column", column->to);
    cJSON_AddStringToObject(object, "type", field_type_name(field));
    add_names(object, "headers", &column->from, 1);
    if (field == FIELD_CHOICE)
        add_names(object, "choices", type->labels, type->n_labels);
    if (column->transform)
        add_names(object, "transform", &column->transform, 1);
    if (column->mask)
        cJSON_AddStringToObject(object, "mask", column->mask);
    cJSON_AddItemToArray(columns, object);
}

static cJSON *table_of(const MapSpec *spec, const CatalogTable *catalog)
{
    cJSON *table = cJSON_CreateObject();
    cJSON_AddStringToObject(table, "table", spec->table);
    cJSON *source = cJSON_AddObjectToObject(table, "source");
    cJSON_AddStringToObject(source, "database", spec->setting);
    cJSON_AddStringToObject(source, "table", spec->from_table);
    if (spec->where)
        cJSON_AddStringToObject(source, "where", spec->where);
    cJSON_AddBoolToObject(table, "insert", false);
    cJSON_AddBoolToObject(table, "metadata", false);
    cJSON *names = cJSON_AddArrayToObject(cJSON_AddObjectToObject(table, "id"), "columns");
    for (int i = 0; i < spec->n_key; i++)
        cJSON_AddItemToArray(names, cJSON_CreateString(spec->columns[i].to));
    cJSON *columns = cJSON_AddArrayToObject(table, "columns");
    for (int i = 0; i < spec->n_columns; i++)
        add_column(columns, &spec->columns[i], catalog);
    return table;
}

char *base_map_text(const MapSpec *spec, const CatalogTable *catalog)
{
    cJSON *base = cJSON_CreateObject();
    cJSON_AddStringToObject(base, "name", MAP_BASE);
    cJSON_AddStringToObject(base, "schema", spec->schema);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(base, "tables"), table_of(spec, catalog));
    char *text = cJSON_PrintUnformatted(base);
    cJSON_Delete(base);
    if (!text)
        mem_exhausted();
    return text;
}

/* A base of the same table keeps its own state: the two know of different syncs. */
static void name_state(Table *table, Arena *arena)
{
    Buf whole = {0};
    buf_printf(&whole, MAP_BASE " %s.%s", table->schema, table->name);
    table->state = arena_printf(arena, "state_map_%016llx", (unsigned long long)hash64(buf_view(&whole), 0));
    buf_free(&whole);
}

Base *base_map(const char *text, Err *err)
{
    Problems problems = {0};
    Base *base = base_parse(text, strlen(text), "map", &problems);
    if (!base)
        problems_raise(&problems, ERR_CONFIG, err);
    problems_free(&problems);
    if (!base)
        return NULL;
    base->path = MAP_BASE;
    for (int i = 0; i < base->n_tables; i++)
        name_state(&base->tables[i], &base->arena);
    return base;
}

Base *base_map_empty(void)
{
    Base *base = mem_alloc(sizeof *base);
    *base = (Base){.name = MAP_BASE, .schema = "public", .origin = "map", .path = MAP_BASE};
    return base;
}

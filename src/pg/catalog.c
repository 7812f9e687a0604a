/* The live catalog as plain data: four statements, however many tables. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "artsync/embed.h"
#include "private.h"

typedef struct Reader {
    Arena *arena;
    CatalogTable **tables;
} Reader;

static CatalogTable *table_of(const Reader *reader, const PgRows *rows, int row)
{
    return reader->tables[pg_int(rows, row, 0) - 1]; /* ordinality counts from 1 */
}

static const char *keep(const Reader *reader, const PgRows *rows, int row, int column)
{
    const char *text = pg_get(rows, row, column);
    return text ? arena_str(reader->arena, text) : NULL;
}

/* One more element for an array in the arena. Catalog lists are short: grown one by one, the old copies stay. */
static void *more(const Reader *reader, void *items, int n, size_t size)
{
    void *grown = arena_alloc(reader->arena, (size_t)(n + 1) * size);
    if (n)
        memcpy(grown, items, (size_t)n * size);
    return grown;
}

/* ["a","b"] as an array in the arena. */
static const char **names(const Reader *reader, const char *json, int *n)
{
    cJSON *list = json ? cJSON_Parse(json) : NULL;
    const char **out = arena_alloc(reader->arena, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *out);
    const cJSON *item;
    *n = 0;
    cJSON_ArrayForEach(item, list) out[(*n)++] = arena_str(reader->arena, cJSON_GetStringValue(item));
    cJSON_Delete(list);
    return out;
}

static int *indexes(const Reader *reader, const CatalogTable *table, const char *json, int *n)
{
    const char **columns = names(reader, json, n);
    int *out = arena_alloc(reader->arena, ((size_t)*n + 1) * sizeof *out);
    for (int i = 0; i < *n; i++)
        out[i] = catalog_column(table, columns[i]);
    return out;
}

/* ---- types ---- */

static const struct {
    const char *name; /* pg_type.typname */
    PgKind kind;
    int bytes;
} kinds[] = {
    {"text", PG_TEXT, 0},         {"varchar", PG_TEXT, 0},        {"bpchar", PG_TEXT, 0},
    {"citext", PG_TEXT, 0},       {"name", PG_TEXT, 0},           {"int2", PG_INTEGER, 2},
    {"int4", PG_INTEGER, 4},      {"int8", PG_INTEGER, 8},        {"numeric", PG_NUMERIC, 0},
    {"float4", PG_FLOAT, 4},      {"float8", PG_FLOAT, 8},        {"bool", PG_BOOLEAN, 0},
    {"date", PG_DATE, 0},         {"timestamp", PG_TIMESTAMP, 0}, {"timestamptz", PG_TIMESTAMPTZ, 0},
    {"interval", PG_INTERVAL, 0}, {"json", PG_JSON, 0},           {"jsonb", PG_JSONB, 0},
    {"uuid", PG_UUID, 0},
};

static bool is_text(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].kind == PG_TEXT;
    }
    return false;
}

enum { INTERVAL_FULL = 0x7FFF, SECONDS_FULL = 6 };

/* timestamp(p) is p; interval(p) is its fields << 16 | p, all fields 0x7FFF, no p 0xFFFF. */
static void read_seconds(PgType *type, int modifier)
{
    if (modifier < 0)
        return;
    int digits = modifier & 0xFFFF;
    type->scale = digits < SECONDS_FULL ? digits : -1;
    if (type->kind == PG_INTERVAL && (modifier >> 16 & 0x7FFF) != INTERVAL_FULL)
        type->kind = PG_OTHER; /* interval hour to minute drops seconds silently */
}

/* Type modifiers as PostgreSQL packs them: varchar(n) is n + 4; numeric(p,s) is p << 16 | s, + 4, the scale an 11-bit
 * number with sign. */
static void read_modifier(PgType *type, const char *name, int modifier)
{
    bool seconds = type->kind == PG_TIMESTAMP || type->kind == PG_TIMESTAMPTZ || type->kind == PG_INTERVAL;
    type->scale = type->kind == PG_NUMERIC || seconds ? -1 : 0;
    if (seconds)
        read_seconds(type, modifier);
    if (strcmp(name, "name") == 0)
        type->length = 63;
    if (modifier < 4)
        return;
    modifier -= 4;
    if (strcmp(name, "varchar") == 0 || strcmp(name, "bpchar") == 0)
        type->length = modifier;
    if (type->kind == PG_NUMERIC) {
        type->precision = modifier >> 16 & 0xFFFF;
        type->scale = ((modifier & 0x7FF) ^ 1024) - 1024;
        if (type->scale < 0)
            type->kind = PG_OTHER; /* numeric(5,-2) rounds 12345 silently */
    }
}

static void read_type(const Reader *reader, const PgRows *rows, int row, PgType *type)
{
    const char *name = pg_get(rows, row, 4);
    type->kind = PG_OTHER;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            type->kind = kinds[i].kind;
            type->bytes = kinds[i].bytes;
        }
    }
    if (pg_bool(rows, row, 5))
        type->kind = PG_ENUM;
    if (is_text(pg_get(rows, row, 6)))
        type->kind = PG_TEXT_ARRAY;
    if (pg_bool(rows, row, 15))
        type->kind = PG_ENUM_ARRAY;
    read_modifier(type, name, (int)pg_int(rows, row, 7));
    type->name = keep(reader, rows, row, 2);
    type->base = keep(reader, rows, row, 3);
}

/* ---- one function per statement ---- */

static void read_tables(const Reader *reader, const PgRows *rows, int row)
{
    CatalogTable *table = table_of(reader, rows, row);
    table->exists = pg_bool(rows, row, 1);
    table->owned = pg_bool(rows, row, 2);
    table->has_foreign_triggers = pg_bool(rows, row, 3);
    table->other_kind = keep(reader, rows, row, 4);
    table->known = pg_bool(rows, row, 5);
    table->likely = keep(reader, rows, row, 6);
    table->partition_key = keep(reader, rows, row, 7);
}

static void read_column(const Reader *reader, const PgRows *rows, int row)
{
    CatalogTable *table = table_of(reader, rows, row);
    table->columns = more(reader, table->columns, table->n_columns, sizeof *table->columns);
    CatalogColumn *column = &table->columns[table->n_columns++];
    *column = (CatalogColumn){.name = keep(reader, rows, row, 1),
                              .not_null = pg_bool(rows, row, 8),
                              .has_default = pg_bool(rows, row, 9),
                              .generated = pg_bool(rows, row, 10),
                              .default_text = keep(reader, rows, row, 11),
                              .folding = keep(reader, rows, row, 12),
                              .sequence = keep(reader, rows, row, 14)};
    read_type(reader, rows, row, &column->type);
    column->type.labels = names(reader, pg_get(rows, row, 13), &column->type.n_labels);
}

static void read_key(const Reader *reader, const PgRows *rows, int row)
{
    CatalogTable *table = table_of(reader, rows, row);
    table->keys = more(reader, table->keys, table->n_keys, sizeof *table->keys);
    CatalogKey *key = &table->keys[table->n_keys++];
    *key = (CatalogKey){.name = keep(reader, rows, row, 1),
                        .primary = pg_bool(rows, row, 3),
                        .deferrable = pg_bool(rows, row, 4),
                        .nulls_equal = pg_bool(rows, row, 5),
                        .predicate = keep(reader, rows, row, 7)};
    key->columns = indexes(reader, table, pg_get(rows, row, 2), &key->n_columns);
    if (pg_get(rows, row, 6))
        key->parts = names(reader, pg_get(rows, row, 6), &key->n_parts);
    if (key->primary && key->n_columns == 1)
        table->primary_key = key->columns[0];
}

static void add_check(const Reader *reader, CatalogTable *table, const PgRows *rows, int row)
{
    table->checks = more(reader, table->checks, table->n_checks, sizeof *table->checks);
    CatalogCheck *check = &table->checks[table->n_checks++];
    *check = (CatalogCheck){.name = keep(reader, rows, row, 2), .expression = keep(reader, rows, row, 3)};
    check->columns = indexes(reader, table, pg_get(rows, row, 4), &check->n_columns);
}

static void add_foreign_key(const Reader *reader, CatalogForeignKey **list, int *n, const PgRows *rows, int row)
{
    *list = more(reader, *list, *n, sizeof **list);
    CatalogForeignKey *key = &(*list)[(*n)++];
    int others;
    *key = (CatalogForeignKey){.name = keep(reader, rows, row, 2),
                               .definition = keep(reader, rows, row, 3),
                               .schema = keep(reader, rows, row, 5),
                               .table = keep(reader, rows, row, 6),
                               .deferrable = pg_bool(rows, row, 8)};
    key->columns = names(reader, pg_get(rows, row, 4), &key->n_columns);
    key->other_columns = names(reader, pg_get(rows, row, 7), &others);
}

static void read_constraint(const Reader *reader, const PgRows *rows, int row)
{
    CatalogTable *table = table_of(reader, rows, row);
    switch (pg_get(rows, row, 1)[0]) {
    case 'c':
        add_check(reader, table, rows, row);
        break;
    case 'f':
        add_foreign_key(reader, &table->foreign_keys, &table->n_foreign_keys, rows, row);
        break;
    case 'r':
        add_foreign_key(reader, &table->referenced_by, &table->n_referenced_by, rows, row);
        break;
    default:
        table->deferrable = more(reader, table->deferrable, table->n_deferrable, sizeof *table->deferrable);
        table->deferrable[table->n_deferrable++] = keep(reader, rows, row, 2);
    }
}

/* In this order: keys and checks point at columns. */
static const struct {
    const char *query;
    void (*read)(const Reader *reader, const PgRows *rows, int row);
    int n_params;
} statements[] = {
    {"catalog_tables", read_tables, 3},
    {"catalog_columns", read_column, 2},
    {"catalog_keys", read_key, 2},
    {"catalog_constraints", read_constraint, 2},
};

static bool read_all(Pg *pg, const Reader *reader, const char *const *params, Err *err)
{
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        PgRows *rows;
        if (!pg_query(pg, sql_query(statements[i].query), statements[i].n_params, params, &rows, err))
            return err_context(err, "reading the catalog");
        for (int row = 0; row < pg_count(rows); row++)
            statements[i].read(reader, rows, row);
        pg_rows_free(rows);
    }
    return true;
}

/* What pg_read_indexes is to run. */
static bool note_indexes(Pg *pg, const Base *base, const char *schemas, const char *list, Err *err)
{
    PgRows *rows;
    if (!pg_query(pg, sql_query("index_functions"), 2, (const char *[]){schemas, list}, &rows, err))
        return err_context(err, "reading the catalog");
    buf_clear(&pg->indexes);
    for (int row = 0; row < pg_count(rows); row++) {
        buf_str(&pg->indexes, row ? ";\nSELECT FROM " : "SELECT FROM ");
        const Table *table = &base->tables[pg_int(rows, row, 0) - 1];
        sql_name(&pg->indexes, table->schema, table->name);
        buf_str(&pg->indexes, " WHERE false");
    }
    pg_rows_free(rows);
    return true;
}

bool pg_catalog(Pg *pg, const Base *base, Arena *arena, CatalogTable ***catalogs, Err *err)
{
    Reader reader = {.arena = arena};
    int n = base->n_tables;
    reader.tables = arena_alloc(arena, ((size_t)n + 1) * sizeof *reader.tables);
    const char **wanted = arena_alloc(arena, ((size_t)n + 1) * sizeof *wanted);
    const char **states = arena_alloc(arena, ((size_t)n + 1) * sizeof *states);
    for (int i = 0; i < n; i++) {
        reader.tables[i] = arena_alloc(arena, sizeof **reader.tables);
        *reader.tables[i] = (CatalogTable){.schema = arena_str(arena, base->tables[i].schema),
                                           .name = arena_str(arena, base->tables[i].name),
                                           .encoding = arena_str(arena, pg_encoding(pg)),
                                           .primary_key = -1};
        wanted[i] = base->tables[i].name;
        states[i] = base->tables[i].state;
    }
    Buf schemas = {0}, list = {0}, state_list = {0};
    sql_schemas(&schemas, base);
    sql_array(&list, wanted, n);
    sql_array(&state_list, states, n);
    /* what expressions look like depends on search_path, which a transaction of ours pins */
    bool own = !pg->lost && PQtransactionStatus(pg->conn) == PQTRANS_IDLE;
    bool ok = !own || pg_begin(pg, PG_TX_READ, err);
    ok = ok && read_all(pg, &reader, (const char *[]){schemas.data, list.data, state_list.data}, err) &&
         note_indexes(pg, base, schemas.data, list.data, err);
    if (own)
        pg_rollback(pg);
    buf_free(&schemas);
    buf_free(&list);
    buf_free(&state_list);
    *catalogs = ok ? reader.tables : NULL;
    return ok;
}

/* Names and values inside SQL text: the one place that quotes. */
#include <stdio.h>
#include <stdlib.h>

#include "private.h"

/* Always quoted: whether a word is reserved depends on the server's version. */
void sql_ident(Buf *out, const char *name) { buf_quoted(out, name); }

void sql_name(Buf *out, const char *schema, const char *name)
{
    sql_ident(out, schema);
    buf_char(out, '.');
    sql_ident(out, name);
}

/* With a backslash in it E'...', whose meaning no setting changes. */
void sql_literal(Buf *out, const char *text)
{
    if (!text) {
        buf_str(out, "NULL");
        return;
    }
    if (strchr(text, '\\'))
        buf_char(out, 'E');
    buf_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_char(out, *text);
        buf_char(out, *text);
    }
    buf_char(out, '\'');
}

/* ---- statements about a mapped table ---- */

static void fill_table(Buf *out, const Table *table) { sql_name(out, table->schema, table->name); }

static void fill_state(Buf *out, const Table *table) { sql_name(out, "artsync", table->state); }

/* ---- the record id: a column, or several columns as one text (base.h) ---- */

static void id_field(Buf *out, const char *alias, const char *column)
{
    if (*alias)
        buf_printf(out, "%s.", alias);
    sql_ident(out, column);
}

/* One of several columns as it is in the record id: numbers without zeros behind, / and \ with a \ before them. */
static void id_part(Buf *out, const Table *table, const char *alias, const Column *column)
{
    PgKind kind = column->catalog->type.kind;
    if (kind == PG_TEXT || kind == PG_ENUM) {
        buf_str(out, "pg_catalog.replace(pg_catalog.replace(");
        id_field(out, alias, column->name);
        buf_str(out, "::pg_catalog.text, E'\\\\', E'\\\\\\\\'), '/', E'\\\\/')");
        return;
    }
    buf_str(out, kind == PG_NUMERIC ? "pg_catalog.trim_scale(" : "(");
    id_field(out, alias, column->name);
    buf_str(out, ")::pg_catalog.text");
    (void)table;
}

static void id_expression(Buf *out, const Table *table, const char *alias)
{
    if (table->n_id_parts == 0) {
        id_field(out, alias, table->id_column);
        return;
    }
    buf_char(out, '(');
    for (int i = 0; i < table->n_id_parts; i++) {
        if (i)
            buf_str(out, " OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) ");
        id_part(out, table, alias, &table->columns[table->id_parts[i]]);
    }
    buf_char(out, ')');
}

/* The i-th part of a record id, from 1. Two characters that no cleaned text has represent \\ and \/ meanwhile. */
static void part_of(Buf *out, const char *id, int i)
{
    buf_printf(out,
               "pg_catalog.replace(pg_catalog.replace(pg_catalog.split_part(pg_catalog.replace(pg_catalog.replace(%s, "
               "E'\\\\\\\\', E'\\x01'), E'\\\\/', E'\\x02'), '/', %d), E'\\x02', '/'), E'\\x01', E'\\\\')",
               id, i);
}

/* "Is `id` the record id of the row?", so that a key's index finds the row. */
static void id_matches(Buf *out, const Table *table, const char *alias, const char *id)
{
    if (table->n_id_parts == 0) {
        id_field(out, alias, table->id_column);
        buf_printf(out, " OPERATOR(pg_catalog.=) %s::%s", id,
                   table->catalog->columns[catalog_column(table->catalog, table->id_column)].type.base);
        return;
    }
    buf_char(out, '(');
    for (int i = 0; i < table->n_id_parts; i++) {
        const Column *column = &table->columns[table->id_parts[i]];
        buf_str(out, i ? " AND " : "");
        id_field(out, alias, column->name);
        buf_str(out, " OPERATOR(pg_catalog.=) ");
        part_of(out, id, i + 1);
        buf_printf(out, "::%s",
                   column->catalog->type.kind == PG_ENUM ? column->catalog->type.name : column->catalog->type.base);
    }
    buf_char(out, ')');
}

static void fill_id(Buf *out, const Table *table) { id_expression(out, table, ""); }
static void fill_id_t(Buf *out, const Table *table) { id_expression(out, table, "t"); }
static void fill_id_o(Buf *out, const Table *table) { id_expression(out, table, "o"); }
static void fill_id_n(Buf *out, const Table *table) { id_expression(out, table, "n"); }

static void fill_key(Buf *out, const Table *table)
{
    sql_ident(out, table->catalog->columns[table->catalog->primary_key].name);
}

static void fill_id_type(Buf *out, const Table *table)
{
    buf_str(out, table->n_id_parts
                     ? "pg_catalog.text"
                     : table->catalog->columns[catalog_column(table->catalog, table->id_column)].type.base);
}

/* A metadata column of the row `t` as a value of `type`; `absent` where the table does without it. */
static void fill_metadata(Buf *out, const Table *table, MetadataRole role, const char *type, const char *absent)
{
    const char *name = table->metadata[role];
    if (!name) {
        buf_str(out, absent);
        return;
    }
    buf_str(out, "t.");
    sql_ident(out, name);
    buf_printf(out, "::pg_catalog.%s", type);
}

static void fill_active(Buf *out, const Table *table)
{
    buf_str(out, "coalesce(");
    fill_metadata(out, table, META_ACTIVE, "bool", "NULL");
    buf_str(out, ", true)");
}

static void fill_updated_at(Buf *out, const Table *table)
{
    fill_metadata(out, table, META_UPDATED_AT, "timestamptz", "NULL::pg_catalog.timestamptz");
}

static void fill_synced_at(Buf *out, const Table *table)
{
    fill_metadata(out, table, META_SYNCED_AT, "timestamptz", "NULL::pg_catalog.timestamptz");
}

static void fill_version(Buf *out, const Table *table)
{
    fill_metadata(out, table, META_VERSION, "int4", "NULL::pg_catalog.int4");
}

/* The type of updated_at: what a time becomes that is written there. */
static void fill_updated_type(Buf *out, const Table *table)
{
    int c = table->metadata[META_UPDATED_AT] ? catalog_column(table->catalog, table->metadata[META_UPDATED_AT]) : -1;
    buf_str(out, c < 0 ? "pg_catalog.timestamptz" : table->catalog->columns[c].type.name);
}

static const struct Placeholder {
    const char *mark;
    void (*fill)(Buf *out, const Table *table);
} placeholders[] = {
    {"{table}", fill_table},
    {"{state}", fill_state},
    {"{id}", fill_id},
    {"{t.id}", fill_id_t},
    {"{o.id}", fill_id_o},
    {"{n.id}", fill_id_n},
    {"{key}", fill_key},
    {"{id_type}", fill_id_type},
    {"{active}", fill_active},
    {"{updated_at}", fill_updated_at},
    {"{synced_at}", fill_synced_at},
    {"{version}", fill_version},
    {"{updated_type}", fill_updated_type},
};

static const struct Placeholder *placeholder_at(const char *text)
{
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
        if (strncmp(text, placeholders[i].mark, strlen(placeholders[i].mark)) == 0)
            return &placeholders[i];
    return NULL;
}

/* "{t.id=EXPRESSION}" at `text`: its length, and the condition into `out`; 0: there is none. */
static size_t fill_match(Buf *out, const Table *table, const char *text)
{
    static const char mark[] = ".id=";
    char alias[2] = {text[1], '\0'};
    if (text[0] != '{' || !text[1] || strncmp(text + 2, mark, sizeof mark - 1) != 0)
        return 0;
    const char *from = text + 1 + sizeof mark, *end = strchr(from, '}');
    Buf id = {0};
    buf_add(&id, from, (size_t)(end - from));
    id_matches(out, table, alias, id.data);
    buf_free(&id);
    return (size_t)(end - text) + 1;
}

void sql_expand(Buf *out, const Table *table, const char *text)
{
    while (*text) {
        const struct Placeholder *placeholder = placeholder_at(text);
        size_t n = strcspn(text + 1, "{") + 1, match = fill_match(out, table, text);
        if (match) {
            n = match;
        } else if (placeholder) {
            placeholder->fill(out, table);
            n = strlen(placeholder->mark);
        } else {
            buf_add(out, text, n);
        }
        text += n;
    }
}

/* ---- values ---- */

const char *pg_int_text(char out[PG_INT_SIZE], int64_t value)
{
    snprintf(out, PG_INT_SIZE, "%lld", (long long)value);
    return out;
}

void sql_array(Buf *out, const char *const *items, int n)
{
    buf_char(out, '{');
    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(out, ',');
        if (!items[i]) {
            buf_str(out, "NULL");
            continue;
        }
        buf_char(out, '"');
        for (const char *p = items[i]; *p; p++) {
            if (*p == '"' || *p == '\\')
                buf_char(out, '\\');
            buf_char(out, *p);
        }
        buf_char(out, '"');
    }
    buf_char(out, '}');
}

void sql_schemas(Buf *out, const Base *base)
{
    const char **schemas = mem_alloc((size_t)(base->n_tables + 1) * sizeof *schemas);
    for (int i = 0; i < base->n_tables; i++)
        schemas[i] = base->tables[i].schema;
    sql_array(out, schemas, base->n_tables);
    free(schemas);
}

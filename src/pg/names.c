/* Names and values inside SQL text: the one place that quotes. */
#include <stdio.h>

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

static void fill_id(Buf *out, const Table *table) { sql_ident(out, table->id_column); }

static void fill_key(Buf *out, const Table *table)
{
    sql_ident(out, table->catalog->columns[table->catalog->primary_key].name);
}

static void fill_id_type(Buf *out, const Table *table)
{
    buf_str(out, table->catalog->columns[catalog_column(table->catalog, table->id_column)].type.base);
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
    {"{table}", fill_table}, {"{state}", fill_state},     {"{id}", fill_id},
    {"{key}", fill_key},     {"{id_type}", fill_id_type},
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

void sql_expand(Buf *out, const Table *table, const char *text)
{
    while (*text) {
        const struct Placeholder *placeholder = placeholder_at(text);
        size_t n = strcspn(text + 1, "{") + 1;
        if (placeholder) {
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

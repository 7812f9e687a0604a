/* What represents a table and its mapping in the database. */
#include <inttypes.h>

#include "artsync/hash.h"
#include "base_build.h"

enum { HASH_SUFFIX = 17 };

void table_state_name(Table *table, Arena *arena)
{
    const char *name = strcmp(table->schema, "public") == 0
                           ? arena_printf(arena, "state_%s", table->name)
                           : arena_printf(arena, "state_%s_%s", table->schema, table->name);
    /* schema a, table b_c and schema a_b, table c must not share one */
    if (strlen(name) > IDENTIFIER_MAX || strcmp(table->schema, "public") != 0) {
        Buf whole = {0};
        buf_printf(&whole, "%s.%s", table->schema, table->name);
        uint64_t hash = hash64(buf_view(&whole), 0);
        buf_free(&whole);
        size_t keep = strlen(name) < IDENTIFIER_MAX - HASH_SUFFIX ? strlen(name) : IDENTIFIER_MAX - HASH_SUFFIX;
        while (((unsigned char)name[keep] & 0xC0) == 0x80) /* not within a character */
            keep--;
        name = arena_printf(arena, "%.*s_%016" PRIx64, (int)keep, name, hash);
    }
    table->state = name;
}

/* The canonical text: every part with its length, so that no two mappings share one. */
static void add_text(Buf *out, const char *text)
{
    if (text)
        buf_printf(out, "%zu:%s,", strlen(text), text);
    else
        buf_str(out, "-,");
}

static void add_names(Buf *out, const StringList *names)
{
    buf_printf(out, "[%d]", names->n);
    for (int i = 0; i < names->n; i++)
        add_text(out, names->items[i]);
}

static void add_column(Buf *out, const Column *column)
{
    add_text(out, column->name);
    add_text(out, field_type_name(column->type));
    add_names(out, &column->headers);
    add_names(out, &column->id_headers);
    buf_printf(out, "%d%d%d,", column->multiple_first, column->required, column->on_invalid_null);
    if (column->from_database)
        buf_str(out, "database,");
    add_text(out, column->default_value);
    add_text(out, column->min);
    add_text(out, column->max);
    add_names(out, &column->choices);
    buf_printf(out, "[%d]", column->n_aliases);
    for (int i = 0; i < column->n_aliases; i++) {
        add_text(out, column->aliases[i].from);
        add_text(out, column->aliases[i].to);
    }
    if (field_is_number(column->type))
        buf_printf(out, "%d,", (int)column->mark);
    if (column->type == FIELD_DATETIME || (column->type == FIELD_DATE && column->zone))
        add_text(out, column->zone);
    buf_printf(out, "%d,", column->derive.from);
    add_text(out, column->derive.pattern);
    for (int i = 0; i < column->n_transform; i++) {
        const TransformStep *step = &column->transform[i];
        buf_printf(out, "t%d,", (int)step->kind);
        add_text(out, step->arguments[0]);
        add_text(out, step->arguments[1]);
    }
    if (column->mask.kind != MASK_NONE)
        buf_printf(out, "m%d,%d,", (int)column->mask.kind, column->mask.number);
    if (column->to) {
        const Table *to = column->to;
        add_text(out, to->name);
        add_text(out, to->name_column < 0 ? NULL : to->columns[to->name_column].name);
    }
    add_text(out, column->catalog ? column->catalog->type.name : NULL);
}

void table_fingerprint(Table *table)
{
    const Base *base = table->base;
    Buf text = {0};
    buf_printf(&text, "artsync mapping %d,%d,%d,", CLEANING_VERSION, STATE_VERSION, (int)base->date_order);
    add_names(&text, &base->null_tokens);
    if (table->updates_only)
        buf_str(&text, "update,");
    add_text(&text, table->schema);
    add_text(&text, table->name);
    add_text(&text, table->id_column);
    add_names(&text, &table->id_headers);
    for (int i = 0; i < table->n_id_parts; i++)
        buf_printf(&text, "id%d,", table->id_parts[i]);
    buf_printf(&text, "[%d]", table->n_natural_key);
    for (int i = 0; i < table->n_natural_key; i++)
        buf_printf(&text, "%d,", table->natural_key[i]);
    if (table->csv.delimiter || table->csv.encoding) {
        add_text(&text, table->csv.delimiter);
        add_text(&text, table->csv.encoding);
    }
    buf_printf(&text, "[%d]", table->n_skips);
    for (int i = 0; i < table->n_skips; i++) {
        add_text(&text, table->skips[i].header);
        add_names(&text, &table->skips[i].values);
    }
    buf_printf(&text, "[%d]", table->n_columns);
    for (int i = 0; i < table->n_columns; i++)
        add_column(&text, &table->columns[i]);
    if (base->mask_key && table_has_masks(table)) { /* what is stored must not tell the key */
        unsigned char digest[HMAC_BYTES];
        hmac_sha256(str_of(base->mask_key), STR("artsync mapping"), digest);
        buf_add(&text, (const char *)digest, sizeof(uint64_t));
    }
    table->fingerprint = hash64(buf_view(&text), 0);
    buf_free(&text);
}

/* field_types.c - what the rows of field_types.h say of names, numbers and PostgreSQL types. */
#include <string.h>

#include "artsync/base.h"
#include "artsync/field_refusals.h"

#define CAN(kind) (1u << PG_##kind)
#define MODEL_ROW(NAME, name, kinds, number, ...) [FIELD_##NAME] = {name, kinds, number},

static const struct {
    const char *name;
    unsigned kinds;
    bool number;
} types[FIELD_COUNT] = {FIELD_TYPES(MODEL_ROW)};

const char *field_type_name(FieldType type) { return types[type].name; }

bool field_is_number(FieldType type) { return types[type].number; }

bool field_accepts(FieldType type, PgKind kind) { return (types[type].kinds & (1u << kind)) != 0; }

/* ---- PostgreSQL's types ---- */

static const char *const kinds[PG_OTHER] = {
    [PG_TEXT] = "text, varchar, citext",
    [PG_INTEGER] = "smallint, integer, bigint",
    [PG_NUMERIC] = "numeric",
    [PG_FLOAT] = "real, double precision",
    [PG_BOOLEAN] = "boolean",
    [PG_DATE] = "date",
    [PG_TIMESTAMP] = "timestamp",
    [PG_TIMESTAMPTZ] = "timestamptz",
    [PG_INTERVAL] = "interval",
    [PG_TEXT_ARRAY] = "text[], varchar[]",
    [PG_JSON] = "json",
    [PG_JSONB] = "jsonb",
    [PG_UUID] = "uuid",
    [PG_ENUM] = "an enum",
    [PG_ENUM_ARRAY] = "an array of an enum",
};

const char *pg_kind_names(PgKind kind) { return kind < PG_OTHER ? kinds[kind] : NULL; }

/* ---- what they refuse ---- */

#define REFUSAL_ROW(kind, end, shown, fields, why) {PG_##kind, end, fields, why},

static const struct {
    PgKind kind;
    const char *end;
    unsigned fields;
    const char *why;
} refusals[] = {FIELD_REFUSALS(REFUSAL_ROW)};

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), length = strlen(end);
    return n >= length && strcmp(text + n - length, end) == 0;
}

/* "text, varchar, citext, uuid" */
static const char *columns_of(FieldType type, Arena *arena)
{
    const char *list = "";
    for (int kind = 0; kind < PG_OTHER; kind++) {
        if (field_accepts(type, (PgKind)kind))
            list = arena_printf(arena, "%s%s%s", list, *list ? ", " : "", kinds[kind]);
    }
    return list;
}

const char *field_refusal(FieldType type, const PgType *pg, Arena *arena)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (refusals[i].kind == pg->kind && ends_with(pg->base ? pg->base : "", refusals[i].end) &&
            (refusals[i].fields >> type & 1))
            return refusals[i].why;
    }
    return arena_printf(
        arena,
        "a field of type %s goes into columns of type %s; make it one of these, give the field another type, "
        "or leave the column out",
        types[type].name, columns_of(type, arena));
}

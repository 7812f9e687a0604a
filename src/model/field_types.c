/* field_types.c - what the rows of field_types.h say of names, numbers and PostgreSQL types. */
#include "artsync/base.h"

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

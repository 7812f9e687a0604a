/* field_types.c - what the rows of field_types.h say of names, numbers and PostgreSQL types. */
#include <string.h>

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

/* By the end of the type's name; the first row that fits counts. */
static const struct {
    const char *end, *why;
} refusals[] = {
    {"bytea", "an export holds text, not bytes: map a column of type text, or leave this one out"},
    {"range", "no cell of an export is a range: map its bounds to columns of their own, or leave it out"},
    {"[]", "only an array of text can hold a list: make it text[]"},
};

const char *field_refusal(const char *base_type)
{
    size_t n = base_type ? strlen(base_type) : 0;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        size_t end = strlen(refusals[i].end);
        if (n >= end && strcmp(base_type + n - end, refusals[i].end) == 0)
            return refusals[i].why;
    }
    return NULL;
}

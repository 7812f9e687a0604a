#include "artsync/base.h"

/* Which PostgreSQL types can hold which field, in one place. Number-like and date-like fields may go into text as well:
 * the column then holds the cleaned text. A date is no datetime: what would the time of day be? */
#define KIND(kind) (1u << (kind))
#define NUMBERS    (KIND(PG_INTEGER) | KIND(PG_NUMERIC) | KIND(PG_FLOAT) | KIND(PG_TEXT))

static const struct {
    const char *name;
    unsigned kinds;
} types[FIELD_COUNT] = {
    [FIELD_TEXT] = {"text", KIND(PG_TEXT) | KIND(PG_UUID)},
    [FIELD_INTEGER] = {"integer", KIND(PG_INTEGER) | KIND(PG_NUMERIC) | KIND(PG_TEXT)},
    [FIELD_DECIMAL] = {"decimal", NUMBERS},
    [FIELD_CURRENCY] = {"currency", NUMBERS},
    [FIELD_PERCENT] = {"percent", NUMBERS},
    [FIELD_BOOLEAN] = {"boolean", KIND(PG_BOOLEAN)},
    [FIELD_DATE] = {"date", KIND(PG_DATE) | KIND(PG_TEXT)},
    [FIELD_DATETIME] = {"datetime", KIND(PG_TIMESTAMP) | KIND(PG_TIMESTAMPTZ) | KIND(PG_TEXT)},
    [FIELD_DURATION] = {"duration", KIND(PG_INTERVAL) | KIND(PG_INTEGER) | KIND(PG_NUMERIC) | KIND(PG_TEXT)},
    [FIELD_CHOICE] = {"choice", KIND(PG_TEXT) | KIND(PG_ENUM)},
    [FIELD_LIST] = {"list", KIND(PG_TEXT_ARRAY)},
    [FIELD_ATTACHMENTS] = {"attachments", KIND(PG_TEXT_ARRAY)},
    [FIELD_LINK] = {"link", ~0u}, /* whatever the linked table's key is */
    [FIELD_JSON] = {"json", KIND(PG_JSON) | KIND(PG_JSONB) | KIND(PG_TEXT)},
};

const char *field_type_name(FieldType type) { return types[type].name; }

bool field_is_number(FieldType type)
{
    return type == FIELD_INTEGER || type == FIELD_DECIMAL || type == FIELD_CURRENCY || type == FIELD_PERCENT;
}

bool field_accepts(FieldType type, PgKind kind) { return (types[type].kinds & KIND(kind)) != 0; }

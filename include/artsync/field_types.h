/* field_types.h - one row per field type. Add one by its row here, its function in src/clean/type_<name>.c and its file
 * of cases in tests/cases; the enum, the name in base.json, the documents and the tests' loops follow from the row.
 *
 *   ROW(NAME, name, kinds, number, clean, order, usual, flags)
 *     NAME, name   FIELD_NAME in C, and the type's name in base.json
 *     kinds        which PostgreSQL types can hold it, CAN(PgKind without PG_) joined by |. Number-like and date-like
 *                  fields may go into text as well: the column then holds the cleaned text. A date in a column of
 *                  times is its midnight, a boolean in one of integers 1 or 0, a list in one of JSON an array of
 *                  strings; a choice goes into a column of booleans if it is a word for yes or no. field_refusals.h
 *                  gives reasons
 *     number       has it a decimal mark? The key decimal_mark is then for it, and `auto` looks at its cells
 *     clean        the function that turns a cell into a value (src/clean/field.h)
 *     order        compares two values, for min and max; NO_ORDER: these make no sense
 *     usual        the PostgreSQL type where no catalog says otherwise: usual_<name> in src/clean/fields.c
 *     flags        TEXT_WORDS what people wrote, not digits or marks: becomes NFC without control characters first
 *                  OWN_ALIASES applies aliases by itself: after its choices, to each element
 *                  PARTS several values in one cell, whose size has a bound
 */
#ifndef ARTSYNC_FIELD_TYPES_H
#define ARTSYNC_FIELD_TYPES_H

#define NUMBER_KINDS (CAN(INTEGER) | CAN(NUMERIC) | CAN(FLOAT) | CAN(TEXT))

#define FIELD_TYPES(ROW)                                                                                               \
    ROW(TEXT, "text", CAN(TEXT) | CAN(UUID), false, clean_text, NO_ORDER, usual_text, TEXT_WORDS)                      \
    ROW(INTEGER, "integer", CAN(INTEGER) | CAN(NUMERIC) | CAN(TEXT), true, clean_integer, order_numbers, usual_bigint, \
        0)                                                                                                             \
    ROW(DECIMAL, "decimal", NUMBER_KINDS, true, clean_decimal, order_numbers, usual_numeric, 0)                        \
    ROW(CURRENCY, "currency", NUMBER_KINDS, true, clean_decimal, order_numbers, usual_numeric, 0)                      \
    ROW(PERCENT, "percent", NUMBER_KINDS, true, clean_percent, order_numbers, usual_numeric, 0)                        \
    ROW(BOOLEAN, "boolean", CAN(BOOLEAN) | CAN(INTEGER), false, clean_boolean, NO_ORDER, usual_boolean, 0)             \
    ROW(DATE, "date", CAN(DATE) | CAN(TIMESTAMP) | CAN(TIMESTAMPTZ) | CAN(TEXT), false, clean_date, order_bytes,       \
        usual_date, 0)                                                                                                 \
    ROW(DATETIME, "datetime", CAN(TIMESTAMP) | CAN(TIMESTAMPTZ) | CAN(TEXT), false, clean_datetime, order_bytes,       \
        usual_timestamp, 0)                                                                                            \
    ROW(DURATION, "duration", CAN(INTERVAL) | CAN(INTEGER) | CAN(NUMERIC) | CAN(TEXT), false, clean_duration,          \
        order_durations, usual_interval, 0)                                                                            \
    ROW(CHOICE, "choice", CAN(TEXT) | CAN(ENUM) | CAN(BOOLEAN), false, clean_choice, NO_ORDER, usual_text,             \
        OWN_ALIASES | TEXT_WORDS)                                                                                      \
    ROW(LIST, "list", CAN(TEXT_ARRAY) | CAN(ENUM_ARRAY) | CAN(JSON) | CAN(JSONB), false, clean_list, NO_ORDER,         \
        usual_array, OWN_ALIASES | TEXT_WORDS | PARTS)                                                                 \
    ROW(ATTACHMENTS, "attachments", CAN(TEXT_ARRAY), false, clean_attachments, NO_ORDER, usual_array, PARTS)           \
    /* whatever the linked table's key is */                                                                           \
    ROW(LINK, "link", ~0u, false, clean_link, NO_ORDER, usual_bigint, OWN_ALIASES | PARTS)                             \
    ROW(JSON, "json", CAN(JSON) | CAN(JSONB) | CAN(TEXT), false, clean_json, NO_ORDER, usual_jsonb, PARTS)

#endif

/* field_refusals.h - what to do where a column cannot hold a field and more can be said than the columns that can: the
 * cells of field_types.h's table that are empty for a reason. base check gives it as the hint, docs/FIELD_TYPES.md
 * lists it.
 *
 *   ROW(kind, end, shown, fields, why)
 *     kind     of the column, PgKind without PG_
 *     end      how the type's name ends (PgType.base); the first row that fits counts
 *     shown    the column's type as the document has it
 *     fields   the fields that it is said to, OF(TYPE) joined by |
 */
#ifndef ARTSYNC_FIELD_REFUSALS_H
#define ARTSYNC_FIELD_REFUSALS_H

#define OF(type) (1u << FIELD_##type)
#define ANY_FIELD (~0u)
#define NUMBER_FIELDS (OF(INTEGER) | OF(DECIMAL) | OF(CURRENCY) | OF(PERCENT))

#define FIELD_REFUSALS(ROW)                                                                                            \
    ROW(DATE, "", "date", OF(DATETIME),                                                                                \
        "a date loses the time of day: make the column timestamptz or timestamp, or give the field the type date")     \
    ROW(BOOLEAN, "", "boolean", OF(TEXT) | OF(LIST) | NUMBER_FIELDS,                                                   \
        "give the field the type boolean, with \"aliases\" for words of your own, or the type choice")                 \
    ROW(ENUM, "", "an enum", OF(TEXT), "give the field the type choice, with the enum's labels as its choices")        \
    ROW(ENUM, "", "an enum", OF(LIST), "an enum holds one value: make the column an array of the enum, or text[]")     \
    ROW(ENUM_ARRAY, "", "an array of an enum", OF(CHOICE) | OF(TEXT), "give the field the type list")                  \
    ROW(TEXT_ARRAY, "", "text[]", OF(CHOICE) | OF(TEXT), "give the field the type list")                               \
    ROW(TEXT, "", "text", OF(LIST) | OF(ATTACHMENTS),                                                                  \
        "make the column text[]; or give the field the type text, which keeps the cell as it is written")              \
    ROW(TEXT, "", "text", OF(BOOLEAN),                                                                                 \
        "make the column boolean; or give the field the type text, which keeps the word as it is written")             \
    ROW(JSON, "", "json", OF(ATTACHMENTS), "only text[] can hold attachments, whose URLs are new in every export")     \
    ROW(JSONB, "", "jsonb", OF(ATTACHMENTS), "only text[] can hold attachments, whose URLs are new in every export")   \
    ROW(FLOAT, "", "real", OF(INTEGER) | OF(DURATION) | OF(BOOLEAN),                                                   \
        "a floating-point number rounds long values: make the column numeric or bigint, or give the field the type "   \
        "decimal")                                                                                                     \
    ROW(OTHER, "bytea", "bytea", ANY_FIELD,                                                                            \
        "an export holds text, not bytes: map a column of type text, or leave this one out")                           \
    ROW(OTHER, "range", "a range", ANY_FIELD,                                                                          \
        "no cell of an export is a range: map its bounds to columns of their own, or leave it out")                    \
    ROW(OTHER, "range[]", "an array of a range", ANY_FIELD,                                                            \
        "no cell of an export is a range: map its bounds to columns of their own, or leave it out")                    \
    ROW(OTHER, "[]", "any other array", ANY_FIELD,                                                                     \
        "only an array of text or of an enum can hold a list: make it text[]")                                         \
    ROW(OTHER, "numeric", "numeric(5,-2)", ANY_FIELD,                                                                  \
        "a negative scale rounds values: make it numeric with a scale from 0 on")                                      \
    ROW(OTHER, "interval", "interval hour to minute", ANY_FIELD,                                                       \
        "an interval of some units drops the others: make it interval")                                                \
    ROW(OTHER, "money", "money", ANY_FIELD, "how money prints depends on the server's settings: make it numeric")      \
    ROW(OTHER, "time without time zone", "time", ANY_FIELD,                                                            \
        "no field is a time of day alone: make it text, or timestamp for a time with its date")                        \
    ROW(OTHER, "time with time zone", "timetz", ANY_FIELD,                                                             \
        "no field is a time of day alone: make it text, or timestamptz for a time with its date")                      \
    ROW(OTHER, "", "inet, point, xml and other types", ANY_FIELD,                                                      \
        "no field goes into it: make it text, or leave it out")

#endif

/* field.h - what the field types share; private to the cleaning layer.
 *
 * A type is one row in field_types.h and one function that turns a cell into a value or a reason. It gets the cell as
 * valid UTF-8, trimmed, not empty, no null token, aliases applied (fields.c does that once for all), and answers
 * through field_value or field_refuse (field.c). A type uses field.c and other types, never fields.c, which is above
 * them. Reasons are for people and read on after the cell: "is not a number".
 */
#ifndef ARTSYNC_CLEAN_FIELD_H
#define ARTSYNC_CLEAN_FIELD_H

#include "artsync/clean.h"

typedef struct Field { /* one cell that is being cleaned */
    const Column *column;
    const PgType *type; /* the column's, or before base_bind what the field usually goes into */
    const CleanContext *context;
    Arena *arena;
    Cleaned *out;
} Field;

typedef void FieldClean(const Field *field, Str cell);

/* One function per type, declared from the rows. */
#define FIELD_FUNCTION(NAME, name, kinds, number, clean, ...) FieldClean clean;
FIELD_TYPES(FIELD_FUNCTION)

/* The value of an empty cell of a boolean. */
void clean_unchecked(const Field *field);

/* Order of two cleaned values of one column: for min and max. */
typedef int FieldOrder(const char *a, const char *b);
FieldOrder order_numbers, order_bytes, order_durations;

/* NULL: min and max make no sense. From the table in fields.c: not for types. */
FieldOrder *field_order(FieldType type);

/* A link from both of its cells: record ids first, names where they do not decide. */
void clean_link_cells(const Field *field, Str id_cell, Str name_cell);

/* The names in a link's cell, as clean_link_cells takes it apart. */
size_t link_cell_names(const Field *field, Str cell, Str **names);

/* ---- answers (field.c) ---- */

static inline void field_value(const Field *field, const char *text) { field->out->text = text; }
void field_refuse(const Field *field, const char *code, const char *format, ...) ART_PRINTF(3, 4);
void field_warn(const Field *field, const char *warning);
void field_changed(const Field *field, Str from, const char *to); /* to: NULL for NULL */

/* ---- shared rules ---- */

enum { FIELD_PARTS_MAX = 1024 * 1024 }; /* bytes of a cell that is a list, attachments, a link or JSON */

/* Does the cell equal one of the base's null tokens? */
bool field_is_null(const CleanContext *context, Str cell);

/* The column's alias for this trimmed cell: exactly, then without case. True if there is one; *to is NULL for empty. */
bool field_alias(const Field *field, Str cell, const char **to);

/* The column's choice that this trimmed text means: exactly, then without case; NULL: none. */
const char *field_choice(const Field *field, Str text);

/* The text's choice, or its alias' (*value NULL: empty), or without any choices the text itself; false: neither. */
bool field_choose(const Field *field, Str text, const char **value);

/* "Small, Large, Extra Large", cut to a readable length. */
const char *field_choices(const Field *field);

/* Text as text columns keep it: NFC, \r\n and \r as \n, other control characters taken out with a warning, U+FFFD kept
 * with a warning, trimmed. A view into `text` where nothing changes. */
Str field_tidy(const Field *field, Str text);

/* As a C string: a view that ends at its NUL, or a copy. */
static inline const char *field_keep(const Field *field, Str text)
{
    return text.p[text.n] ? arena_strn(field->arena, text.p, text.n) : text.p;
}

/* text[] as PostgreSQL prints it. */
const char *array_text(const Str *items, size_t n, Arena *arena);

/* The same as an array of JSON strings, as jsonb prints it. */
const char *json_array_text(const Str *items, size_t n, Arena *arena);

/* ---- numbers as digits: exact at any size (number_read.c, type_number.c) ---- */

/* Which decimal mark the digits show: 1.234,5 and 12,5 a comma, 0.500 a point, 12 none. */
typedef enum NumberShape {
    SHAPE_NONE,
    SHAPE_POINT,
    SHAPE_COMMA,
    SHAPE_AMBIGUOUS /* 1.500 or 1,500: one to three digits, one mark, three digits */
} NumberShape;

typedef struct Number {
    bool negative;
    const char *whole; /* without leading zeros; n_whole is 0 for 0.5 */
    size_t n_whole;
    const char *fraction; /* as given, with trailing zeros */
    size_t n_fraction;
    NumberShape shape;
    bool assumed_decimal; /* SHAPE_AMBIGUOUS under `auto`, and read as a decimal */
} Number;

/* Exponents reach as far as double precision prints them. */
enum { NUMBER_DIGITS = 1000, NUMBER_EXPONENT = 330, NUMBER_SPACE = NUMBER_DIGITS + NUMBER_EXPONENT + 1 };

typedef enum NumberFault {
    NUMBER_OK,
    NUMBER_NOT,    /* no number */
    NUMBER_GROUPS, /* separators of thousands in wrong places, or two decimal marks */
    NUMBER_LONG,   /* more digits than any column holds */
    NUMBER_MARK,   /* a number with the other decimal mark only */
    NUMBER_AMBIGUOUS   /* SHAPE_AMBIGUOUS where the column has both marks */
} NumberFault;

/* Read a cell; `digits` backs the number where the cell's own bytes cannot. */
NumberFault number_read(Str cell, bool percent, const NumberMark *mark, char digits[NUMBER_SPACE], Number *number);

/* What the cell shows; SHAPE_NONE if it is not a number. */
NumberShape number_shape(Str cell, bool percent);

/* "-12.50": with exactly `scale` digits behind the point; those beyond are dropped, missing ones are 0. */
char *number_text(const Number *number, size_t scale, Arena *arena);

/* May the column lose digits of this second? Then the cell is refused. */
bool field_keeps_micros(const Field *field, int micros);

/* The number as the column's type prints it, or why not. */
void number_value(const Field *field, const Number *number);

/* ---- canonical forms of printed values (canonical_number.c, type_json.c) ---- */

Str canonical_number(Str text, Arena *arena);
Str canonical_json(Str text, Arena *arena); /* itself, if it is none */
Str canonical_list(Str text, Arena *arena); /* an array of JSON strings as text[] prints it; itself, if it is none */

/* ---- days and times (date_read.c, type_date.c) ---- */

typedef struct DateTime {
    int year, month, day, hour, minute, second, micros;
    bool has_time, has_zone;
    int zone; /* minutes east of UTC */
} DateTime;

typedef enum DateFault {
    DATE_OK,
    DATE_NOT,    /* no date at all */
    DATE_NO_DAY, /* February 30, month 13 */
    DATE_YEAR,   /* a year not of four digits, or 0000 */
    DATE_ORDER,  /* a day that exists, but not in the order asked for */
    DATE_CLOCK,  /* what follows the date is no time of day */
    DATE_FINE    /* more digits after the second than PostgreSQL keeps */
} DateFault;

typedef struct DateOrders { /* numeric dates that fit one order only: evidence for it */
    bool only_mdy, only_dmy;
} DateOrders;

/* `order` decides about 1/2/2025. */
DateFault date_read(Str text, DateOrder order, DateTime *out, DateOrders *orders);

int days_in_month(int year, int month);

/* ".5" at *at as microseconds, advancing; -1: no digit; MICROS_FINE: more than six that are not zero. No dot: 0. */
enum { MICROS_FINE = -2 };
int micros_read(Str text, size_t *at);

/* "", ".5", ".000001": microseconds as PostgreSQL prints them. */
const char *micros_text(int micros, char out[8]);

#endif

/* type_number.c - integer, decimal, currency, percent: one reading of a cell as digits (number_read.c), one way of
 * printing digits as the column's type does. Digits are never rounded or cut: what does not fit is refused. */
#include "field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- numeric ---- */

static size_t significant_fraction(const Number *number)
{
    size_t n = number->n_fraction;
    while (n && number->fraction[n - 1] == '0')
        n--;
    return n;
}

static bool is_zero(const Number *number) { return number->n_whole == 0 && significant_fraction(number) == 0; }

char *number_text(const Number *number, size_t scale, Arena *arena)
{
    size_t given = number->n_fraction < scale ? number->n_fraction : scale;
    char *text = arena_alloc(arena, number->n_whole + scale + 4), *out = text;
    if (number->negative && !is_zero(number))
        *out++ = '-';
    if (number->n_whole == 0)
        *out++ = '0';
    else
        out = (char *)memcpy(out, number->whole, number->n_whole) + number->n_whole;
    if (scale) {
        *out++ = '.';
        memcpy(out, number->fraction, given);
        memset(out + given, '0', scale - given);
    }
    return text;
}

/* Digits that count against numeric(p,s)'s p: of the number in units of its last place, without leading zeros. */
static size_t digits_at_scale(const Number *number, size_t scale)
{
    if (number->n_whole)
        return number->n_whole + scale;
    size_t zeros = 0;
    while (zeros < number->n_fraction && number->fraction[zeros] == '0')
        zeros++;
    return zeros < scale ? scale - zeros : 0;
}

static void numeric_value(const Field *field, const Number *number)
{
    const PgType *type = field->type;
    size_t decimals = significant_fraction(number);
    size_t scale = type->scale < 0 ? number->n_fraction : (size_t)type->scale;
    if (decimals > scale)
        field_refuse(field, REJECT_RANGE, "has %zu decimals, the column keeps %zu", decimals, scale);
    else if (type->precision && !is_zero(number) && digits_at_scale(number, scale) > (size_t)type->precision)
        field_refuse(field, REJECT_RANGE, "has too many digits: the column allows %d before the decimal point",
                     type->precision > (int)scale ? type->precision - (int)scale : 0);
    else
        field_value(field, number_text(number, scale, field->arena));
}

/* ---- integer ---- */

static const struct {
    int bytes;
    const char *most, *least; /* digits of the largest and of the smallest, without sign */
} ranges[] = {
    {2, "32767", "32768"},
    {4, "2147483647", "2147483648"},
    {8, "9223372036854775807", "9223372036854775808"},
};

static void integer_value(const Field *field, const Number *number)
{
    if (significant_fraction(number)) {
        field_refuse(field, REJECT_RANGE, "is not a whole number");
        return;
    }
    if (number->assumed_decimal) { /* 1.000: who wrote it may have meant a thousand */
        field_refuse(field, REJECT_INVALID, "can be read as a decimal or as thousands: write it without the mark");
        return;
    }
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const char *limit = number->negative ? ranges[i].least : ranges[i].most;
        size_t n = strlen(limit);
        if (ranges[i].bytes == field->type->bytes &&
            (number->n_whole > n || (number->n_whole == n && memcmp(number->whole, limit, n) > 0))) {
            field_refuse(field, REJECT_RANGE, "is beyond what the column can hold (%s%s)", number->negative ? "-" : "",
                         limit);
            return;
        }
    }
    field_value(field, number_text(number, 0, field->arena));
}

/* ---- float: the shortest digits that read back as the same number, as PostgreSQL prints it since version 12 ---- */

static double nearest(const char *text, bool single)
{
    return single ? (double)strtof(text, NULL) : strtod(text, NULL);
}

/* "d.ddde+XX" slightly larger or smaller, by less than any number so near to a half-way point could differ from it. */
static double nudged(const char *text, bool larger, bool single)
{
    static const char zeros[] = "0000000000000000000000000000000000000001",
                      nines[] = "9999999999999999999999999999999999999999";
    char digits[100];
    size_t n = strcspn(text, "e");
    snprintf(digits, sizeof digits, "%.*s%s%s%s", (int)n, text, memchr(text, '.', n) ? "" : ".", larger ? zeros : nines,
             text + n);
    for (size_t i = n; !larger && i-- > 0;) { /* minus one in the last place */
        if (digits[i] == '.')
            continue;
        digits[i] = digits[i] == '0' ? '9' : (char)(digits[i] - 1);
        if (digits[i] != '9')
            break;
    }
    return nearest(digits, single);
}

/* PostgreSQL does not print digits that lie exactly half way between two numbers, whichever of them they read as.
 * Below 2^53 (single: 2^24) such digits are more than 17 (9). */
static bool half_way(const char *text, double x, bool single)
{
    return fabs(x) >= (single ? 0x1p24 : 0x1p53) && nudged(text, true, single) != nudged(text, false, single);
}

static bool reads_back(const char *text, double x, bool single)
{
    return nearest(text, single) == x && !half_way(text, x, single);
}

/* The next larger digits of the same length. Below a power of two numbers lie twice as close as above it, so that the
 * digits nearest to it may read as its neighbour, and only the next ones as itself. */
static void bump(char *text)
{
    for (size_t i = strcspn(text, "e"); i-- > 0;) {
        if (text[i] >= '0' && text[i] < '9') {
            text[i]++;
            return;
        }
        if (text[i] == '9')
            text[i] = '0';
    }
}

static const char *float_text(Arena *arena, double x, bool single)
{
    enum { DIGITS = 17, SINGLE_PLAIN = 6, DOUBLE_PLAIN = 15 }; /* plain digits below 10 to the power of these */
    char text[40];
    int decimals = -1;
    bool found;
    do {
        if (snprintf(text, sizeof text, "%.*e", ++decimals, x) < 0)
            mem_exhausted();
        found = reads_back(text, x, single);
        if (!found && decimals + 1 < DIGITS) {
            bump(text);
            found = reads_back(text, x, single);
        }
    } while (!found && decimals + 1 < DIGITS);
    int exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    if (exponent < -4 || exponent >= (single ? SINGLE_PLAIN : DOUBLE_PLAIN))
        return arena_str(arena, text);
    return arena_printf(arena, "%.*f", decimals > exponent ? decimals - exponent : 0, strtod(text, NULL));
}

static void float_value(const Field *field, const Number *number)
{
    bool single = field->type->bytes == 4;
    double x = nearest(number_text(number, number->n_fraction, field->arena), single);
    if (isinf(x) || (x == 0 && !is_zero(number)))
        field_refuse(field, REJECT_RANGE, "is beyond what the column can hold");
    else
        field_value(field, x == 0 ? "0" : float_text(field->arena, x, single));
}

/* ---- the types ---- */

void number_value(const Field *field, const Number *number)
{
    bool whole = field->column->type == FIELD_INTEGER;
    PgKind kind = field->type->kind;
    if (whole && (significant_fraction(number) || number->assumed_decimal || kind != PG_NUMERIC))
        integer_value(field, number);
    else if (kind == PG_INTEGER)
        integer_value(field, number);
    else if (kind == PG_FLOAT)
        float_value(field, number);
    else if (kind == PG_NUMERIC && !(whole && field->type->scale < 0))
        numeric_value(field, number);
    else /* text, or integers in a numeric without scale */
        field_value(field, number_text(number, whole ? 0 : number->n_fraction, field->arena));
}

static void clean_number(const Field *field, Str cell, bool percent)
{
    Number number;
    char digits[NUMBER_SPACE];
    const NumberMark *mark = &field->context->number;
    switch (number_read(cell, percent, mark, digits, &number)) {
    case NUMBER_OK:
        field->out->point = number.shape == SHAPE_POINT;
        field->out->comma = number.shape == SHAPE_COMMA;
        number_value(field, &number);
        break;
    case NUMBER_GROUPS:
        field_refuse(field, REJECT_INVALID, "has misplaced thousands separators or two decimal marks");
        break;
    case NUMBER_MARK:
        field_refuse(field, REJECT_INVALID, "is a number only with a decimal %s, but decimal_mark is %s",
                     mark->mark == MARK_POINT ? "comma" : "point", mark->mark == MARK_POINT ? "point" : "comma");
        break;
    case NUMBER_AMBIGUOUS:
        field_refuse(field, REJECT_INVALID, "%s", mark->mixed);
        break;
    case NUMBER_LONG:
        field_refuse(field, REJECT_RANGE, "is beyond what any column can hold");
        break;
    default:
        field_refuse(field, REJECT_INVALID, "is not a number");
    }
}

void clean_integer(const Field *field, Str cell) { clean_number(field, cell, false); }

void clean_decimal(const Field *field, Str cell) { clean_number(field, cell, false); }

void clean_percent(const Field *field, Str cell) { clean_number(field, cell, true); }

/* ---- order: the printed forms compared digit by digit, so that no size and no fraction is too fine ---- */

static size_t whole_digits(const char *text) { return strcspn(text, "."); }

static int order_magnitudes(const char *a, const char *b)
{
    size_t na = whole_digits(a), nb = whole_digits(b);
    if (na != nb)
        return na < nb ? -1 : 1;
    int order = memcmp(a, b, na);
    if (order)
        return order;
    a += na + (a[na] == '.');
    b += nb + (b[nb] == '.');
    for (; *a || *b; a += *a != '\0', b += *b != '\0') {
        char x = *a ? *a : '0', y = *b ? *b : '0';
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

int order_numbers(const char *a, const char *b)
{
    if (strchr(a, 'e') || strchr(b, 'e')) {
        double x = strtod(a, NULL), y = strtod(b, NULL);
        return (x > y) - (x < y);
    }
    if ((*a == '-') != (*b == '-'))
        return *a == '-' ? -1 : 1;
    return *a == '-' ? order_magnitudes(b + 1, a + 1) : order_magnitudes(a, b);
}

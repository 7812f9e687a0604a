/* canonical_number.c - one form for all spellings of a number, as PostgreSQL prints them: plain digits, no zeros that
 * say nothing, no exponent, no -0. */
#include <stdlib.h>

#include "artsync/ascii.h"
#include "field.h"

typedef struct Printed {
    bool negative;
    Str whole, fraction;
    int exponent;
} Printed;

static bool read_printed(Str text, Printed *out)
{
    size_t at = text.n && text.p[0] == '-', n = ascii_digits(text, at);
    *out = (Printed){.negative = at == 1, .whole = {text.p + at, n}};
    at += n;
    if (at < text.n && text.p[at] == '.') {
        out->fraction = (Str){text.p + at + 1, ascii_digits(text, at + 1)};
        at += 1 + out->fraction.n;
    }
    if (at < text.n && (text.p[at] | 0x20) == 'e') {
        enum { EXPONENT_DIGITS = 3 }; /* of a double precision */
        bool sign = at + 1 < text.n && (text.p[at + 1] == '+' || text.p[at + 1] == '-');
        n = ascii_digits(text, at + 1 + sign);
        if (n == 0 || n > EXPONENT_DIGITS)
            return false;
        out->exponent = (int)strtol(text.p + at + 1, NULL, 10);
        at += 1 + sign + n;
    }
    return at == text.n && out->whole.n + out->fraction.n > 0;
}

/* The digits with the point moved by the exponent. */
static Str spelt_out(const Printed *number, Arena *arena)
{
    size_t shift = (size_t)abs(number->exponent), size = number->whole.n + number->fraction.n + shift + 3;
    char *all = arena_alloc(arena, 2 * size), *text = all + size, *to = text;
    size_t before = number->exponent < 0 ? shift : 0; /* zeros in front, so that there are digits to move */
    memset(all, '0', size);
    if (number->whole.n)
        memcpy(all + before, number->whole.p, number->whole.n);
    if (number->fraction.n)
        memcpy(all + before + number->whole.n, number->fraction.p, number->fraction.n);
    size_t n = before + number->whole.n + number->fraction.n,
           point = (size_t)((long)(before + number->whole.n) + number->exponent);
    if (point > n)
        n = point;
    if (number->negative)
        *to++ = '-';
    to = mempcpy(to, all, point);
    *to++ = '.';
    to = mempcpy(to, all + point, n - point);
    return (Str){text, (size_t)(to - text)};
}

/* Without zeros that say nothing. A view, but where the sign goes or a digit before the point is missing. */
static Str without_zeros(Str text, Arena *arena)
{
    bool negative = text.n && text.p[0] == '-';
    Str rest = {text.p + negative, text.n - negative};
    while (rest.n > 1 && rest.p[0] == '0' && rest.p[1] != '.')
        rest = (Str){rest.p + 1, rest.n - 1};
    if (memchr(rest.p, '.', rest.n)) {
        while (rest.p[rest.n - 1] == '0')
            rest.n--;
        rest.n -= rest.p[rest.n - 1] == '.';
    }
    if (rest.n == 0 || (rest.n == 1 && rest.p[0] == '0'))
        return STR("0");
    if (rest.p[0] == '.')
        return str_of(arena_printf(arena, "%s0%.*s", negative ? "-" : "", (int)rest.n, rest.p));
    if (!negative)
        return rest;
    if (rest.p == text.p + 1)
        return (Str){text.p, rest.n + 1};
    return str_of(arena_printf(arena, "-%.*s", (int)rest.n, rest.p));
}

Str canonical_number(Str text, Arena *arena)
{
    Printed number;
    if (!read_printed(text, &number)) /* NaN, or no number at all */
        return text;
    return without_zeros(number.exponent ? spelt_out(&number, arena) : text, arena);
}


/* number_read.c - a cell as digits: signs, accounting brackets, currency, thousands separators of several countries.
 *
 * Refused, not guessed: a group that is not three digits, two different decimal marks, two signs, exponents
 * beyond 330, anything that is not a number. Most numbers show their decimal mark; 1.500 and 1,500 alone do not: there
 * the column's decides (detector.c). */
#include "number.h"

/* ---- the plain case: [-]digits[.digits] in the cell's own bytes ---- */

static void without_leading_zeros(Number *number)
{
    while (number->n_whole && *number->whole == '0') {
        number->whole++;
        number->n_whole--;
    }
}

/* May what is before a single mark and `fraction` digits be thousands? */
static bool is_ambiguous(const char *whole, size_t n, size_t fraction)
{
    return n >= 1 && n <= 3 && *whole != '0' && fraction == 3;
}

/* With `point` as the only mark. */
static bool read_simple(Str text, char point, Number *number)
{
    bool negative = text.n && text.p[0] == '-', marked = false;
    size_t start = negative, whole = ascii_digits(text, start), at = start + whole, fraction = 0;
    if (at < text.n && text.p[at] == point) {
        marked = true;
        fraction = ascii_digits(text, at + 1);
        at += 1 + fraction;
    }
    if (at != text.n || whole + fraction == 0 || whole + fraction > NUMBER_DIGITS || text.p[text.n - 1] == point)
        return false;
    NumberShape shape = point == '.' ? SHAPE_POINT : SHAPE_COMMA;
    *number = (Number){.negative = negative,
                       .whole = text.p + start,
                       .n_whole = whole,
                       .fraction = text.p + (text.n - fraction),
                       .n_fraction = fraction,
                       .shape = !marked                                         ? SHAPE_NONE
                                : is_ambiguous(text.p + start, whole, fraction) ? SHAPE_AMBIGUOUS
                                                                                : shape};
    without_leading_zeros(number);
    return true;
}

/* The mark by which an ambiguous number is read. */
static char ambiguous_mark(const NumberMark *mark)
{
    return (mark->mark == MARK_AUTO ? mark->ambiguous : mark->mark) == MARK_COMMA ? ',' : '.';
}

/* As the column writes them: no other mark, and nothing ambiguous that is to be read otherwise. */
static bool read_plain(Str text, const NumberMark *mark, Number *number)
{
    if (!read_simple(text, '.', number))
        return false;
    number->assumed_decimal = number->shape == SHAPE_AMBIGUOUS && mark->mark == MARK_AUTO;
    return number->shape == SHAPE_NONE || (number->shape == SHAPE_POINT && mark->mark != MARK_COMMA) ||
           (number->shape == SHAPE_AMBIGUOUS && !mark->mixed && ambiguous_mark(mark) == '.');
}

/* ---- digits with separators ---- */

typedef struct NumberPattern { /* the digits' skeleton: digits, '.', ',' and '_' for any other separator */
    char text[NUMBER_DIGITS * 4 / 3 + 4];
    size_t n;
    int dots, commas, separators, separator;
} NumberPattern;

static bool add_separator(NumberPattern *pattern, Str *rest)
{
    int separator = take_group_separator(rest);
    if (separator < 0 || (pattern->separators && pattern->separator != separator))
        return false;
    pattern->separator = separator;
    pattern->separators++;
    pattern->text[pattern->n++] = '_';
    return true;
}

static bool scan(Str rest, NumberPattern *pattern)
{
    while (rest.n) {
        if (pattern->n == sizeof pattern->text)
            return false;
        char c = *rest.p;
        if (!ascii_digit(c) && c != '.' && c != ',') {
            if (!add_separator(pattern, &rest))
                return false;
            continue;
        }
        pattern->dots += c == '.';
        pattern->commas += c == ',';
        pattern->text[pattern->n++] = c;
        rest = (Str){rest.p + 1, rest.n - 1};
    }
    return true;
}

/* What the marks show; false: no reading fits. */
static bool shape_of(const NumberPattern *pattern, NumberShape *shape)
{
    char last = '\0';
    size_t after = 0; /* digits behind the last . or , */
    for (size_t i = 0; i < pattern->n; i++) {
        after++;
        if (pattern->text[i] == '.' || pattern->text[i] == ',') {
            last = pattern->text[i];
            after = 0;
        }
    }
    int count = last == '.' ? pattern->dots : pattern->commas;
    bool other = last == '.' ? pattern->commas : pattern->dots;
    NumberShape own = last == '.' ? SHAPE_POINT : SHAPE_COMMA, opposite = last == '.' ? SHAPE_COMMA : SHAPE_POINT;
    if (count == 0)
        *shape = SHAPE_NONE;
    else if (count > 1) /* several of a kind separate thousands */
        *shape = opposite;
    else if (!other && !pattern->separators && is_ambiguous(pattern->text, pattern->n - after - 1, after))
        *shape = SHAPE_AMBIGUOUS;
    else
        *shape = own;
    return count <= 1 ? !other || !pattern->separators : !other && !pattern->separators;
}

/* Which mark is the decimal one here: *point is '\0' where the number has none. */
static NumberFault decimal_mark(const NumberPattern *pattern, const NumberMark *mark, NumberShape shape, char *point)
{
    char decimal = shape == SHAPE_POINT ? '.' : shape == SHAPE_COMMA ? ',' : ambiguous_mark(mark);
    if (shape == SHAPE_AMBIGUOUS && mark->mark == MARK_AUTO && mark->mixed)
        return NUMBER_AMBIGUOUS;
    if (shape != SHAPE_NONE && mark->mark != MARK_AUTO && decimal != ambiguous_mark(mark))
        return NUMBER_MARK;
    *point = memchr(pattern->text, decimal, pattern->n) ? decimal : '\0';
    return NUMBER_OK;
}

/* The whole part's groups: one to three digits that do not start with 0, then three each, one separator. */
static bool well_grouped(const char *text, size_t n)
{
    size_t group = 0;
    char separator = '\0';
    for (size_t i = 0; i < n; i++) {
        if (ascii_digit(text[i])) {
            group++;
            continue;
        }
        if (separator ? text[i] != separator || group != 3 : group < 1 || group > 3 || text[0] == '0')
            return false;
        separator = text[i];
        group = 0;
    }
    return !separator || group == 3;
}

static bool only_digits(const char *text, size_t n) { return ascii_digits((Str){text, n}, 0) == n; }

static NumberFault read_pattern(const NumberPattern *pattern, const NumberMark *mark, char *digits, Number *number)
{
    char decimal = '\0';
    if (!shape_of(pattern, &number->shape))
        return NUMBER_GROUPS;
    NumberFault fault = decimal_mark(pattern, mark, number->shape, &decimal);
    const char *point = decimal ? memchr(pattern->text, decimal, pattern->n) : NULL;
    size_t whole = point ? (size_t)(point - pattern->text) : pattern->n;
    size_t fraction = point ? pattern->n - whole - 1 : 0;
    if (whole + fraction == 0 || (point && fraction == 0) || !ascii_digit(pattern->text[pattern->n - 1]))
        return NUMBER_NOT;
    if (fault == NUMBER_OK && ((point && !only_digits(point + 1, fraction)) || !well_grouped(pattern->text, whole)))
        return NUMBER_GROUPS;
    if (fault != NUMBER_OK)
        return fault;
    number->assumed_decimal = number->shape == SHAPE_AMBIGUOUS && point && mark->mark == MARK_AUTO;
    number->whole = digits;
    for (size_t i = 0; i < whole; i++) {
        if (ascii_digit(pattern->text[i]))
            digits[number->n_whole++] = pattern->text[i];
    }
    if (number->n_whole + fraction > NUMBER_DIGITS)
        return NUMBER_LONG;
    number->fraction = digits + number->n_whole;
    number->n_fraction = fraction;
    if (point)
        memcpy(digits + number->n_whole, point + 1, fraction);
    return NUMBER_OK;
}

/* ---- the plain case of money: £45.00 ---- */

static bool read_amount(Str text, const NumberMark *mark, Number *number)
{
    static const Str frequent[] = {{"£", 2}, {"€", 3}, {"$", 1}};
    for (size_t i = 0; i < sizeof frequent / sizeof *frequent; i++) {
        size_t n = frequent[i].n;
        if (text.n > n && memcmp(text.p, frequent[i].p, n) == 0)
            return text.p[n] != '-' && read_plain((Str){text.p + n, text.n - n}, mark, number);
    }
    return false;
}

/* ---- exponents: the same digits, the point elsewhere ---- */

static bool read_exponent(Str text, int *exponent)
{
    bool negative = text.n && text.p[0] == '-';
    size_t start = negative || (text.n && text.p[0] == '+');
    int value = 0;
    if (text.n == start || ascii_digits(text, start) != text.n - start)
        return false;
    for (size_t i = start; i < text.n && value <= NUMBER_EXPONENT; i++)
        value = value * 10 + (text.p[i] - '0');
    *exponent = negative ? -value : value;
    return true;
}

static NumberFault shift(Number *number, int exponent, char *digits)
{
    Number given = *number;
    size_t n = given.n_whole + given.n_fraction, move = (size_t)(exponent < 0 ? -exponent : exponent);
    if (move > NUMBER_EXPONENT || n > NUMBER_DIGITS)
        return NUMBER_LONG;
    size_t before = exponent < 0 && given.n_whole < move ? move - given.n_whole : 0; /* zeros to put in front */
    size_t behind = exponent > 0 && given.n_fraction < move ? move - given.n_fraction : 0;
    memset(digits, '0', before);
    memcpy(digits + before, given.whole, given.n_whole);
    memcpy(digits + before + given.n_whole, given.fraction, given.n_fraction);
    memset(digits + before + n, '0', behind);
    number->whole = digits;
    number->n_whole = exponent < 0 ? (before ? 0 : given.n_whole - move) : given.n_whole + move;
    number->fraction = digits + number->n_whole;
    number->n_fraction = before + n + behind - number->n_whole;
    number->assumed_decimal = false;
    return NUMBER_OK;
}

/* ---- a cell ---- */

static NumberFault read_power(Str text, size_t e, const NumberMark *mark, char *digits, Number *number)
{
    int exponent;
    Str mantissa = {text.p, e};
    if (text.p[0] == '-' || !(read_simple(mantissa, '.', number) || read_simple(mantissa, ',', number)) ||
        !read_exponent((Str){text.p + e + 1, text.n - e - 1}, &exponent))
        return NUMBER_NOT;
    bool comma = memchr(mantissa.p, ',', e) != NULL;
    if (number->shape != SHAPE_NONE) { /* thousands separators do not occur with an exponent */
        number->shape = comma ? SHAPE_COMMA : SHAPE_POINT;
        if (mark->mark != MARK_AUTO && comma != (mark->mark == MARK_COMMA))
            return NUMBER_MARK;
    }
    return shift(number, exponent, digits);
}

static NumberFault read_digits(Str text, const NumberMark *mark, char *digits, Number *number)
{
    size_t e = 0;
    while (e < text.n && (text.p[e] | 0x20) != 'e')
        e++;
    if (e < text.n)
        return read_power(text, e, mark, digits, number);
    if (text.n && text.p[0] != '-' && read_plain(text, mark, number))
        return NUMBER_OK;
    if (only_digits(text.p, text.n) && text.n > NUMBER_DIGITS)
        return NUMBER_LONG;
    NumberPattern pattern;
    pattern.n = 0;
    pattern.dots = pattern.commas = pattern.separators = 0;
    *number = (Number){0};
    return scan(text, &pattern) ? read_pattern(&pattern, mark, digits, number) : NUMBER_NOT;
}

NumberFault number_read(Str cell, bool percent, const NumberMark *mark, char digits[NUMBER_SPACE], Number *number)
{
    if (read_plain(cell, mark, number) || read_amount(cell, mark, number))
        return NUMBER_OK;
    *number = (Number){0};
    Affixes affixes = {.rest = cell, .allow_percent = percent};
    strip_affixes(&affixes);
    NumberFault fault = read_digits(affixes.rest, mark, digits, number);
    number->negative = affixes.negative;
    without_leading_zeros(number);
    return fault;
}

NumberShape number_shape(Str cell, bool percent)
{
    static const NumberMark any = {MARK_AUTO, MARK_AUTO, NULL};
    char digits[NUMBER_SPACE];
    Number number;
    return number_read(cell, percent, &any, digits, &number) == NUMBER_OK ? number.shape : SHAPE_NONE;
}

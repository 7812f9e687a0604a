/* number_read.c - a cell as digits: signs, accounting brackets, currency, thousands separators of several countries.
 *
 * Refused rather than guessed: a group that is not three digits, two different decimal marks, two signs, exponents
 * beyond 330, anything that is no number. The one guess is fixed: a single dot is a decimal point (1.500 is one and a
 * half), a single comma before exactly three digits separates thousands (1,500 is fifteen hundred). */
#include "field.h"

#include <strings.h>

/* ---- the plain case: [-]digits[.digits] in the cell's own bytes ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static size_t run_of_digits(Str text, size_t at)
{
    size_t i = at;
    while (i < text.n && is_digit(text.p[i]))
        i++;
    return i - at;
}

static void without_leading_zeros(Number *number)
{
    while (number->n_whole && *number->whole == '0') {
        number->whole++;
        number->n_whole--;
    }
}

static bool read_plain(Str text, Number *number)
{
    bool negative = text.n && text.p[0] == '-';
    size_t start = negative, whole = run_of_digits(text, start), at = start + whole, fraction = 0;
    if (at < text.n && text.p[at] == '.') {
        fraction = run_of_digits(text, at + 1);
        at += 1 + fraction;
    }
    if (at != text.n || whole + fraction == 0 || whole + fraction > NUMBER_DIGITS || text.p[text.n - 1] == '.')
        return false;
    *number = (Number){negative, text.p + start,
                       whole,    text.p + (text.n - fraction),
                       fraction, whole >= 1 && whole <= 3 && text.p[start] != '0' && fraction == 3};
    without_leading_zeros(number);
    return true;
}

/* ---- what stands around the digits ---- */

/* Longer ones before those that they end in; else the frequent ones first. */
static const char *const symbols[] = {
    "£",  "€",  "AU$", "CA$", "HK$", "MX$", "NT$", "NZ$", "US$", "A$", "C$", "R$", "S$",
    "$",  "¥",  "₹",   "₽", "₩",   "₺",   "₴",   "₪",   "₫",   "₦",  "฿",  "₱",  "zł",
    "Kč", "Ft", "kr.", "kr",  "Fr.", "Fr",  "lei", "RM",  "Rp",  "R",  "TL",
};

/* ISO 4217, each with a blank behind it. */
static const char codes[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG ";

/* The bytes that separate groups of thousands besides , and . (also blanks around the number). */
static const char *const gaps[] = {" ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "'", "\xE2\x80\x99"};
enum { BLANK_GAPS = 4, GAPS = 6 };

typedef struct Affixes { /* what was peeled off */
    Str rest;
    bool negative, sign, brackets, symbol, code, percent, allow_percent;
} Affixes;

/* Most marks differ in their first byte: `£` is looked for under thirty names in every amount. */
static bool take_front(Str *text, const char *mark)
{
    if (text->n == 0 || ((text->p[0] ^ mark[0]) & ~0x20))
        return false;
    size_t n = strlen(mark);
    if (text->n < n || strncasecmp(text->p, mark, n) != 0)
        return false;
    *text = (Str){text->p + n, text->n - n};
    return true;
}

static bool take_back(Str *text, const char *mark)
{
    size_t n = strlen(mark);
    if (text->n < n || strncasecmp(text->p + text->n - n, mark, n) != 0)
        return false;
    text->n -= n;
    return true;
}

typedef bool Take(Str *text, const char *mark);

static bool take_code(Str *text, Take *take, const char *at)
{
    char code[4] = {0};
    for (size_t i = 0; i < 3; i++)
        code[i] = at[i] >= 'a' && at[i] <= 'z' ? (char)(at[i] - 0x20) : at[i];
    for (const char *known = codes; *known; known += 4) {
        if (memcmp(known, code, 3) == 0)
            return take(text, code);
    }
    return false;
}

static bool take_currency(Affixes *affixes, Take *take, size_t code_at)
{
    if (affixes->percent)
        return false;
    if (!affixes->code && affixes->rest.n >= 3 && is_letter(affixes->rest.p[code_at]) &&
        take_code(&affixes->rest, take, affixes->rest.p + code_at))
        return affixes->code = true;
    for (size_t i = 0; !affixes->symbol && i < sizeof symbols / sizeof *symbols; i++) {
        if (take(&affixes->rest, symbols[i]))
            return affixes->symbol = true;
    }
    return false;
}

static bool take_sign(Affixes *affixes)
{
    if (affixes->sign)
        return false;
    affixes->negative = take_front(&affixes->rest, "-") || take_front(&affixes->rest, "\xE2\x88\x92"); /* U+2212 minus */
    affixes->sign = affixes->negative || take_front(&affixes->rest, "+");
    return affixes->sign;
}

static bool take_brackets(Affixes *affixes)
{
    Str rest = affixes->rest;
    if (affixes->sign || rest.n < 3 || rest.p[0] != '(' || rest.p[rest.n - 1] != ')')
        return false;
    affixes->rest = (Str){rest.p + 1, rest.n - 2};
    return affixes->negative = affixes->sign = true;
}

static bool take_percent(Affixes *affixes)
{
    if (!affixes->allow_percent || affixes->percent || affixes->symbol || affixes->code)
        return false;
    return affixes->percent = take_back(&affixes->rest, "%");
}

static bool take_blank(Affixes *affixes, Take *take)
{
    for (int i = 0; i < BLANK_GAPS; i++) {
        if (take(&affixes->rest, gaps[i]))
            return true;
    }
    return false;
}

static bool strip_front(Affixes *affixes)
{
    return !is_digit(affixes->rest.p[0]) && (take_blank(affixes, take_front) || take_sign(affixes) || take_brackets(affixes) ||
                                           take_currency(affixes, take_front, 0));
}

static bool strip_back(Affixes *affixes)
{
    size_t n = affixes->rest.n;
    return n && !is_digit(affixes->rest.p[n - 1]) &&
           (take_blank(affixes, take_back) || take_percent(affixes) || take_currency(affixes, take_back, n >= 3 ? n - 3 : 0));
}

/* Take off what may stand around a number, each at most once, in any nesting that people use. */
static void strip_affixes(Affixes *affixes)
{
    while (affixes->rest.n && (strip_front(affixes) || strip_back(affixes)))
        ;
}

/* ---- digits with separators ---- */

typedef struct NumberPattern { /* the digits' skeleton: digits, '.', ',' and '_' for any gap */
    char text[NUMBER_DIGITS * 4 / 3 + 4];
    size_t n;
    int dots, commas, gaps, gap_kind;
} NumberPattern;

static bool add_group_separator(NumberPattern *pattern, Str *rest)
{
    for (int i = 0; i < GAPS; i++) {
        if (!take_front(rest, gaps[i]))
            continue;
        if (pattern->gaps && pattern->gap_kind != i)
            return false;
        pattern->gap_kind = i;
        pattern->gaps++;
        pattern->text[pattern->n++] = '_';
        return true;
    }
    return false;
}

static bool scan(Str rest, NumberPattern *pattern)
{
    while (rest.n) {
        if (pattern->n == sizeof pattern->text)
            return false;
        char c = *rest.p;
        if (!is_digit(c) && c != '.' && c != ',') {
            if (!add_group_separator(pattern, &rest))
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

/* Which mark is the decimal one ('\0': none); false: no reading fits. */
static bool decimal_mark(const NumberPattern *pattern, char *mark)
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
    *mark = count == 1 ? last : '\0'; /* several of a kind separate thousands */
    if (pattern->gaps)
        return count <= 1 && !other;
    if (other)
        return count == 1;
    if (last == ',' && count == 1 && after >= 3)
        *mark = '\0'; /* 1,500 */
    return true;
}

/* The whole part's groups: one to three digits that do not start with 0, then three each, one separator. */
static bool well_grouped(const char *text, size_t n)
{
    size_t group = 0;
    char separator = '\0';
    for (size_t i = 0; i < n; i++) {
        if (is_digit(text[i])) {
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

static bool only_digits(const char *text, size_t n) { return run_of_digits((Str){text, n}, 0) == n; }

static NumberFault read_pattern(const NumberPattern *pattern, char *digits, Number *number)
{
    char mark;
    if (!decimal_mark(pattern, &mark))
        return NUMBER_GROUPS;
    const char *point = mark ? memchr(pattern->text, mark, pattern->n) : NULL;
    size_t whole = point ? (size_t)(point - pattern->text) : pattern->n;
    size_t fraction = point ? pattern->n - whole - 1 : 0;
    if (whole + fraction == 0 || (point && fraction == 0) || !is_digit(pattern->text[pattern->n - 1]))
        return NUMBER_NOT;
    if ((point && !only_digits(point + 1, fraction)) || !well_grouped(pattern->text, whole))
        return NUMBER_GROUPS;
    number->whole = digits;
    for (size_t i = 0; i < whole; i++) {
        if (is_digit(pattern->text[i]))
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

static bool read_amount(Str text, Number *number)
{
    static const Str frequent[] = {{"£", 2}, {"€", 3}, {"$", 1}};
    for (size_t i = 0; i < sizeof frequent / sizeof *frequent; i++) {
        size_t n = frequent[i].n;
        if (text.n > n && memcmp(text.p, frequent[i].p, n) == 0)
            return text.p[n] != '-' && read_plain((Str){text.p + n, text.n - n}, number);
    }
    return false;
}

/* ---- exponents: the same digits, the point elsewhere ---- */

static bool read_exponent(Str text, int *exponent)
{
    bool negative = text.n && text.p[0] == '-';
    size_t start = negative || (text.n && text.p[0] == '+');
    int value = 0;
    if (text.n == start || run_of_digits(text, start) != text.n - start)
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
    number->three_after_dot = false;
    return NUMBER_OK;
}

/* ---- a cell ---- */

static NumberFault read_digits(Str text, char *digits, Number *number)
{
    size_t e = 0;
    while (e < text.n && (text.p[e] | 0x20) != 'e')
        e++;
    if (e < text.n) {
        int exponent;
        if (text.p[0] == '-' || !read_plain((Str){text.p, e}, number) ||
            !read_exponent((Str){text.p + e + 1, text.n - e - 1}, &exponent))
            return NUMBER_NOT;
        return shift(number, exponent, digits);
    }
    if (text.n && text.p[0] != '-' && read_plain(text, number))
        return NUMBER_OK;
    if (only_digits(text.p, text.n) && text.n > NUMBER_DIGITS)
        return NUMBER_LONG;
    NumberPattern pattern;
    pattern.n = 0;
    pattern.dots = pattern.commas = pattern.gaps = 0;
    *number = (Number){0};
    return scan(text, &pattern) ? read_pattern(&pattern, digits, number) : NUMBER_NOT;
}

NumberFault number_read(Str cell, bool percent, char digits[NUMBER_ROOM], Number *number)
{
    if (read_plain(cell, number) || read_amount(cell, number))
        return NUMBER_OK;
    *number = (Number){0};
    Affixes affixes = {.rest = cell, .allow_percent = percent};
    strip_affixes(&affixes);
    NumberFault fault = read_digits(affixes.rest, digits, number);
    number->negative = affixes.negative;
    without_leading_zeros(number);
    return fault;
}

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

typedef struct Shell { /* what was peeled off */
    Str rest;
    bool negative, sign, brackets, symbol, code, percent, allow_percent;
} Shell;

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

static bool take_currency(Shell *shell, Take *take, size_t code_at)
{
    if (shell->percent)
        return false;
    if (!shell->code && shell->rest.n >= 3 && is_letter(shell->rest.p[code_at]) &&
        take_code(&shell->rest, take, shell->rest.p + code_at))
        return shell->code = true;
    for (size_t i = 0; !shell->symbol && i < sizeof symbols / sizeof *symbols; i++) {
        if (take(&shell->rest, symbols[i]))
            return shell->symbol = true;
    }
    return false;
}

static bool take_sign(Shell *shell)
{
    if (shell->sign)
        return false;
    shell->negative = take_front(&shell->rest, "-") || take_front(&shell->rest, "\xE2\x88\x92"); /* U+2212 minus */
    shell->sign = shell->negative || take_front(&shell->rest, "+");
    return shell->sign;
}

static bool take_brackets(Shell *shell)
{
    Str rest = shell->rest;
    if (shell->sign || rest.n < 3 || rest.p[0] != '(' || rest.p[rest.n - 1] != ')')
        return false;
    shell->rest = (Str){rest.p + 1, rest.n - 2};
    return shell->negative = shell->sign = true;
}

static bool take_percent(Shell *shell)
{
    if (!shell->allow_percent || shell->percent || shell->symbol || shell->code)
        return false;
    return shell->percent = take_back(&shell->rest, "%");
}

static bool take_blank(Shell *shell, Take *take)
{
    for (int i = 0; i < BLANK_GAPS; i++) {
        if (take(&shell->rest, gaps[i]))
            return true;
    }
    return false;
}

static bool peel_front(Shell *shell)
{
    return !is_digit(shell->rest.p[0]) && (take_blank(shell, take_front) || take_sign(shell) || take_brackets(shell) ||
                                           take_currency(shell, take_front, 0));
}

static bool peel_back(Shell *shell)
{
    size_t n = shell->rest.n;
    return n && !is_digit(shell->rest.p[n - 1]) &&
           (take_blank(shell, take_back) || take_percent(shell) || take_currency(shell, take_back, n >= 3 ? n - 3 : 0));
}

/* Take off what may stand around a number, each at most once, in any nesting that people use. */
static void peel(Shell *shell)
{
    while (shell->rest.n && (peel_front(shell) || peel_back(shell)))
        ;
}

/* ---- digits with separators ---- */

typedef struct Marks { /* the digits' skeleton: digits, '.', ',' and '_' for any gap */
    char text[NUMBER_DIGITS * 4 / 3 + 4];
    size_t n;
    int dots, commas, gaps, gap_kind;
} Marks;

static bool add_gap(Marks *marks, Str *rest)
{
    for (int i = 0; i < GAPS; i++) {
        if (!take_front(rest, gaps[i]))
            continue;
        if (marks->gaps && marks->gap_kind != i)
            return false;
        marks->gap_kind = i;
        marks->gaps++;
        marks->text[marks->n++] = '_';
        return true;
    }
    return false;
}

static bool scan(Str rest, Marks *marks)
{
    while (rest.n) {
        if (marks->n == sizeof marks->text)
            return false;
        char c = *rest.p;
        if (!is_digit(c) && c != '.' && c != ',') {
            if (!add_gap(marks, &rest))
                return false;
            continue;
        }
        marks->dots += c == '.';
        marks->commas += c == ',';
        marks->text[marks->n++] = c;
        rest = (Str){rest.p + 1, rest.n - 1};
    }
    return true;
}

/* Which mark is the decimal one ('\0': none); false: no reading fits. */
static bool decimal_mark(const Marks *marks, char *mark)
{
    char last = '\0';
    size_t after = 0; /* digits behind the last . or , */
    for (size_t i = 0; i < marks->n; i++) {
        after++;
        if (marks->text[i] == '.' || marks->text[i] == ',') {
            last = marks->text[i];
            after = 0;
        }
    }
    int count = last == '.' ? marks->dots : marks->commas;
    bool other = last == '.' ? marks->commas : marks->dots;
    *mark = count == 1 ? last : '\0'; /* several of a kind separate thousands */
    if (marks->gaps)
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

static NumberFault read_marks(const Marks *marks, char *digits, Number *number)
{
    char mark;
    if (!decimal_mark(marks, &mark))
        return NUMBER_GROUPS;
    const char *point = mark ? memchr(marks->text, mark, marks->n) : NULL;
    size_t whole = point ? (size_t)(point - marks->text) : marks->n;
    size_t fraction = point ? marks->n - whole - 1 : 0;
    if (whole + fraction == 0 || (point && fraction == 0) || !is_digit(marks->text[marks->n - 1]))
        return NUMBER_NOT;
    if ((point && !only_digits(point + 1, fraction)) || !well_grouped(marks->text, whole))
        return NUMBER_GROUPS;
    number->whole = digits;
    for (size_t i = 0; i < whole; i++) {
        if (is_digit(marks->text[i]))
            digits[number->n_whole++] = marks->text[i];
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
    Marks marks;
    marks.n = 0;
    marks.dots = marks.commas = marks.gaps = 0;
    *number = (Number){0};
    return scan(text, &marks) ? read_marks(&marks, digits, number) : NUMBER_NOT;
}

NumberFault number_read(Str cell, bool percent, char digits[NUMBER_ROOM], Number *number)
{
    if (read_plain(cell, number) || read_amount(cell, number))
        return NUMBER_OK;
    *number = (Number){0};
    Shell shell = {.rest = cell, .allow_percent = percent};
    peel(&shell);
    NumberFault fault = read_digits(shell.rest, digits, number);
    number->negative = shell.negative;
    without_leading_zeros(number);
    return fault;
}

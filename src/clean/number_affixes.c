/* number_affixes.c - what people write around digits and between groups of them: signs, accounting brackets,
 * currency. */
#include "number.h"

#include <strings.h>

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
static const char *const separators[] = {" ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "'", "\xE2\x80\x99"};
enum { BLANKS = 4, SEPARATORS = sizeof separators / sizeof *separators };

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
    if (!affixes->code && affixes->rest.n >= 3 && ascii_letter(affixes->rest.p[code_at]) &&
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
    /* U+2212 minus */
    affixes->negative = take_front(&affixes->rest, "-") || take_front(&affixes->rest, "\xE2\x88\x92");
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
    for (int i = 0; i < BLANKS; i++) {
        if (take(&affixes->rest, separators[i]))
            return true;
    }
    return false;
}

static bool strip_front(Affixes *affixes)
{
    return !ascii_digit(affixes->rest.p[0]) && (take_blank(affixes, take_front) || take_sign(affixes) ||
                                                take_brackets(affixes) || take_currency(affixes, take_front, 0));
}

static bool strip_back(Affixes *affixes)
{
    size_t n = affixes->rest.n;
    return n && !ascii_digit(affixes->rest.p[n - 1]) &&
           (take_blank(affixes, take_back) || take_percent(affixes) ||
            take_currency(affixes, take_back, n >= 3 ? n - 3 : 0));
}

void strip_affixes(Affixes *affixes)
{
    while (affixes->rest.n && (strip_front(affixes) || strip_back(affixes)))
        ;
}

int take_group_separator(Str *text)
{
    for (int i = 0; i < SEPARATORS; i++)
        if (take_front(text, separators[i]))
            return i;
    return -1;
}

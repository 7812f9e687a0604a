/* canonical.c - one form for all spellings of a value: the last-synced state hashes it, so that a column that gets
 * another scale, precision or type holds the same values as before.
 *
 *     FIELD                                 CANONICAL FORM
 *     integer, decimal, currency, percent   plain digits: no zeros behind the last decimal, no exponent, no -0
 *     date, datetime                        in UTC without a zone; no zeros at the end of a second; midnight: the date
 *     duration                              seconds, as a number; a month counts 30 days, a day 24 hours
 *     json                                  as jsonb prints it, the numbers in their canonical form
 *     list                                  as text[] prints it
 *     boolean                               t or f
 *     choice                                the choice, also in a column of booleans
 *     text, choice in a char(n)             without the blanks at the end
 *     all others                            the text as it is
 *
 * A text that is none of the field (people can write what they like into a text column) represents itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "artsync/ascii.h"
#include "artsync/hash.h"
#include "field.h"

/* ---- days and times: YYYY-MM-DD[ hh:mm:ss[.ffffff][+zz[:zz]]] ---- */

enum { DAY = 10, SECOND = 19 }; /* characters */

static bool fits(Str text, const char *pattern)
{
    for (size_t i = 0; pattern[i]; i++)
        if (i >= text.n || (pattern[i] == '0' ? !ascii_digit(text.p[i]) : pattern[i] != text.p[i]))
            return false;
    return true;
}

/* Minutes east of UTC; false: no zone. */
static bool read_zone(Str text, int *minutes)
{
    if (text.n != 3 && text.n != 6)
        return false;
    if ((text.p[0] != '+' && text.p[0] != '-') || !fits((Str){text.p + 1, text.n - 1}, text.n == 3 ? "00" : "00:00"))
        return false;
    *minutes = (text.p[1] - '0') * 600 + (text.p[2] - '0') * 60;
    if (text.n == 6)
        *minutes += (text.p[4] - '0') * 10 + (text.p[5] - '0');
    *minutes *= text.p[0] == '-' ? -1 : 1;
    return true;
}

static const char *shifted(Str text, int minutes, Arena *arena)
{
    struct tm tm = {0};
    char out[SECOND + 1];
    sscanf(text.p, "%4d-%2d-%2d %2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
           &tm.tm_sec);
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    time_t at = timegm(&tm) - (time_t)minutes * 60;
    gmtime_r(&at, &tm);
    if (strftime(out, sizeof out, "%Y-%m-%d %H:%M:%S", &tm) != SECOND)
        return NULL;
    return arena_str(arena, out);
}

static Str canonical_time(Str text, Arena *arena)
{
    if (text.n <= DAY || !fits(text, "0000-00-00 00:00:00"))
        return text;
    size_t end = SECOND, at;
    if (end < text.n && text.p[end] == '.')
        end += 1 + ascii_digits(text, end + 1);
    int zone = 0;
    if (end < text.n && !read_zone((Str){text.p + end, text.n - end}, &zone))
        return text;
    for (at = end; at > SECOND && (text.p[at - 1] == '0' || text.p[at - 1] == '.'); at--)
        if (text.p[at - 1] == '.') {
            at--;
            break;
        }
    Str whole = {text.p, at};
    if (zone) {
        const char *utc = shifted(text, zone, arena);
        if (!utc)
            return text;
        whole = str_of(arena_printf(arena, "%s%.*s", utc, (int)(at - SECOND), text.p + SECOND));
    }
    return whole.n == SECOND && memcmp(whole.p + DAY, " 00:00:00", SECOND - DAY) == 0 ? (Str){whole.p, DAY} : whole;
}

/* ---- durations: "1 year 2 mons 3 days -04:05:06.5" as PostgreSQL prints an interval, or a number of seconds ---- */

static const struct {
    const char *name;
    int64_t days;
} units[] = {{"year", 360}, {"mon", 30}, {"day", 1}};

enum { MOST_DIGITS = 9 }; /* of one part: what lies beyond represents itself */

static int64_t unit_days(Str word)
{
    if (word.n && word.p[word.n - 1] == 's')
        word.n--;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_eq(word, str_of(units[i].name)))
            return units[i].days;
    return 0;
}

static Str next_word(Str *text)
{
    size_t n = 0;
    while (n < text->n && text->p[n] != ' ')
        n++;
    Str word = {text->p, n};
    n += n < text->n;
    *text = (Str){text->p + n, text->n - n};
    return word;
}

static bool read_clock(Str word, int64_t *micros)
{
    bool sign = word.n && (word.p[0] == '-' || word.p[0] == '+');
    size_t hours = ascii_digits(word, sign), at = sign + hours;
    if (hours < 2 || hours > MOST_DIGITS || !fits((Str){word.p + at, word.n - at}, ":00:00"))
        return false;
    int64_t seconds = strtol(word.p + sign, NULL, 10) * 3600 + (word.p[at + 1] - '0') * 600 +
                      (word.p[at + 2] - '0') * 60 + (word.p[at + 4] - '0') * 10 + (word.p[at + 5] - '0');
    at += 6;
    int fraction = micros_read(word, &at);
    if (fraction < 0 || at != word.n)
        return false;
    *micros = (seconds * 1000000 + fraction) * (word.p[0] == '-' ? -1 : 1);
    return true;
}

static bool read_interval(Str text, int64_t *days, int64_t *micros)
{
    *days = *micros = 0;
    while (text.n) {
        Str word = next_word(&text);
        if (memchr(word.p, ':', word.n))
            return text.n == 0 && read_clock(word, micros);
        bool sign = word.n && (word.p[0] == '-' || word.p[0] == '+');
        size_t n = ascii_digits(word, sign);
        int64_t each = unit_days(next_word(&text));
        if (n == 0 || n > MOST_DIGITS || sign + n != word.n || !each)
            return false;
        *days += strtol(word.p, NULL, 10) * each;
    }
    return true;
}

static Str canonical_duration(Str text, Arena *arena)
{
    const int64_t day = 86400;
    int64_t days, micros;
    if (!memchr(text.p, ':', text.n) && !memchr(text.p, ' ', text.n))
        return canonical_number(text, arena);
    if (!read_interval(text, &days, &micros))
        return text;
    int64_t seconds = days * day + micros / 1000000, rest = micros % 1000000;
    if (seconds > 0 && rest < 0) {
        seconds--;
        rest += 1000000;
    } else if (seconds < 0 && rest > 0) {
        seconds++;
        rest -= 1000000;
    }
    const char *sign = seconds < 0 || rest < 0 ? "-" : "";
    const char *plain = arena_printf(arena, "%s%lld.%06lld", sign, (long long)llabs(seconds), (long long)llabs(rest));
    return canonical_number(str_of(plain), arena);
}

/* ---- texts ---- */

static Str canonical_text(Str text, const Column *column)
{
    const char *type = column->catalog ? column->catalog->type.base : NULL;
    if (type && (strcmp(type, "character") == 0 || strcmp(type, "bpchar") == 0))
        while (text.n && text.p[text.n - 1] == ' ')
            text.n--;
    return text;
}

Str value_canonical(const Column *column, const char *value, Arena *arena)
{
    Str text = str_of(value);
    switch (column->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_CURRENCY:
    case FIELD_PERCENT:
        return canonical_number(text, arena);
    case FIELD_DATE:
    case FIELD_DATETIME:
        return canonical_time(text, arena);
    case FIELD_DURATION:
        return canonical_duration(text, arena);
    case FIELD_JSON:
        return canonical_json(text, arena);
    case FIELD_LIST:
        return canonical_list(text, arena);
    case FIELD_BOOLEAN:
        return str_eq(text, STR("1")) ? STR("t") : str_eq(text, STR("0")) ? STR("f") : text;
    case FIELD_CHOICE:
        if (column->catalog && column->catalog->type.kind == PG_BOOLEAN)
            return str_of(boolean_choice(column, text.p[0] == 't'));
        return canonical_text(text, column);
    case FIELD_TEXT:
        return canonical_text(text, column);
    default:
        return text;
    }
}

uint64_t value_meaning(const Column *column, const char *text, Arena *arena)
{
    if (text && !*text && column->from_database)
        return hash64(STR(""), 0); /* value_hash takes it for NULL */
    return text && *text ? value_hash_of(value_canonical(column, text, arena)) : value_hash(NULL);
}

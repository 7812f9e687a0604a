/* type_duration.c - h:mm, h:mm:ss, h:mm:ss.fff, or a plain number of seconds; an optional sign in front.
 * Two parts are hours and minutes, never minutes and seconds: that is how Airtable writes them. */
#include "artsync/ascii.h"
#include "field.h"

#include <stdio.h>

enum { HOUR_DIGITS = 9, SECOND_DIGITS = 12 };
static const int64_t MOST_SECONDS = 999999999999; /* 31,000 years; PostgreSQL's interval holds more */

typedef struct Duration {
    bool negative;
    int64_t seconds;
    int micros;
} Duration;

static bool two_digits(Str text, size_t *at, int *value)
{
    if (*at + 2 > text.n || !ascii_digit(text.p[*at]) || !ascii_digit(text.p[*at + 1]))
        return false;
    *value = (text.p[*at] - '0') * 10 + (text.p[*at + 1] - '0');
    *at += 2;
    return *value <= 59;
}

static bool read_clock(Str text, Duration *out)
{
    size_t at = text.n && (text.p[0] == '-' || text.p[0] == '+'), start = at;
    int64_t hours = 0;
    int minutes, seconds = 0;
    for (; at < text.n && ascii_digit(text.p[at]) && at - start <= HOUR_DIGITS; at++)
        hours = hours * 10 + (text.p[at] - '0');
    if (at == start || at - start > HOUR_DIGITS || at == text.n || text.p[at++] != ':' ||
        !two_digits(text, &at, &minutes))
        return false;
    if (at < text.n) {
        if (text.p[at++] != ':' || !two_digits(text, &at, &seconds))
            return false;
        out->micros = micros_read(text, &at);
    }
    out->negative = text.p[0] == '-';
    out->seconds = hours * 3600 + minutes * 60 + seconds;
    return at == text.n && out->micros >= 0 && out->seconds <= MOST_SECONDS;
}

/* Plain seconds: a decimal number with at most six decimals. */
static bool read_seconds(Str text, Duration *out)
{
    size_t at = text.n && (text.p[0] == '-' || text.p[0] == '+'), start = at;
    for (; at < text.n && ascii_digit(text.p[at]) && at - start <= SECOND_DIGITS; at++)
        out->seconds = out->seconds * 10 + (text.p[at] - '0');
    out->negative = text.p[0] == '-';
    if (at == start || at - start > SECOND_DIGITS)
        return false;
    out->micros = micros_read(text, &at);
    return at == text.n && out->micros >= 0;
}

static bool duration_read(Str text, Duration *out)
{
    *out = (Duration){0};
    if (read_clock(text, out))
        return true;
    *out = (Duration){0};
    return read_seconds(text, out);
}

/* As PostgreSQL prints an interval of hours: 30:00:00 is a day and a quarter and stays so. */
static const char *interval_text(const Field *field, const Duration *duration)
{
    char fraction[8];
    int64_t s = duration->seconds;
    bool negative = duration->negative && (s || duration->micros);
    return arena_printf(field->arena, "%s%02d:%02d:%02d%s", negative ? "-" : "", (int)(s / 3600), (int)(s / 60 % 60),
                        (int)(s % 60), micros_text(duration->micros, fraction));
}

/* "1 day 02:03:04": an interval of another database, into one. */
static bool is_interval(const Field *field, Str cell)
{
    const char *text = field_keep(field, cell);
    return field->column->from_database && field->type->kind == PG_INTERVAL &&
           !str_eq(value_canonical(field->column, text, field->arena), cell);
}

void clean_duration(const Field *field, Str cell)
{
    Duration duration;
    if (!duration_read(cell, &duration) && is_interval(field, cell)) {
        field_value(field, field_keep(field, cell));
    } else if (!duration_read(cell, &duration)) {
        field_refuse(field, REJECT_INVALID, "is not a duration, such as 1:30 (h:mm), 1:30:15 or a number of seconds");
    } else if (field->type->kind == PG_INTEGER || field->type->kind == PG_NUMERIC) {
        char fraction[8], seconds[24];
        micros_text(duration.micros, fraction);
        snprintf(seconds, sizeof seconds, "%lld", (long long)duration.seconds);
        const char *decimals = fraction + (*fraction == '.');
        number_value(field, &(Number){duration.negative, seconds, duration.seconds ? strlen(seconds) : 0, decimals,
                                      strlen(decimals), SHAPE_NONE, false});
    } else if (field->type->kind != PG_INTERVAL || field_keeps_micros(field, duration.micros)) {
        field_value(field, interval_text(field, &duration));
    }
}

/* ---- order ---- */

static int64_t micros_of(const char *text)
{
    Duration duration;
    (void)duration_read(str_of(text), &duration); /* a cleaned value: it reads */
    int64_t micros = duration.seconds * 1000000 + duration.micros;
    return duration.negative ? -micros : micros;
}

int order_durations(const char *a, const char *b)
{
    int64_t x = micros_of(a), y = micros_of(b);
    return (x > y) - (x < y);
}

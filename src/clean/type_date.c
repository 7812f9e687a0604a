/* type_date.c - date and datetime: date_read.c's days and times as PostgreSQL prints them. */
#include "field.h"

static void refuse_date(const Field *field, DateFault fault, const DateTime *read)
{
    bool day_first = field->context->date_order == DATE_DMY;
    switch (fault) {
    case DATE_NO_DAY:
        field_refuse(field, REJECT_INVALID, "is not a valid date (%04d has no day %d in month %d)", read->year,
                     read->day, read->month);
        break;
    case DATE_YEAR:
        field_refuse(field, REJECT_INVALID, "has no year of four digits");
        break;
    case DATE_ORDER:
        field_refuse(field, REJECT_INVALID, "is a date only as %s, but date_order is %s",
                     day_first ? "month/day/year" : "day/month/year", day_first ? "dmy" : "mdy");
        break;
    case DATE_FINE:
        field_refuse(field, REJECT_RANGE, "has more digits after the second than PostgreSQL keeps (6)");
        break;
    case DATE_CLOCK:
        field_refuse(field, REJECT_INVALID, "has no valid time of day after the date");
        break;
    default:
        field_refuse(field, REJECT_INVALID, "is not a date, such as 2025-10-29, %s or October 29, 2025",
                     day_first ? "29/10/2025" : "10/29/2025");
    }
}

static bool read_date(const Field *field, Str cell, DateTime *out)
{
    DateOrders orders;
    DateFault fault = date_read(cell, field->context->date_order, out, &orders);
    field->out->only_mdy = orders.only_mdy;
    field->out->only_dmy = orders.only_dmy;
    if (fault != DATE_OK)
        refuse_date(field, fault, out);
    return fault == DATE_OK;
}

/* "0007" into `out` at its width, from the right. */
static char *digits(char *out, int value, int width)
{
    for (int i = width; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + width;
}

static char *day_text(const DateTime *at, char *out)
{
    out = digits(out, at->year, 4);
    *out++ = '-';
    out = digits(out, at->month, 2);
    *out++ = '-';
    return digits(out, at->day, 2);
}

/* ---- datetime ---- */

const char *micros_text(int micros, char out[8])
{
    char *end = out;
    if (micros) {
        *end++ = '.';
        end = digits(end, micros, 6);
        while (end[-1] == '0')
            end--;
    }
    *end = '\0';
    return out;
}

bool field_keeps_micros(const Field *field, int micros)
{
    static const int units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    int digits = field->type->scale;
    if (digits < 0 || digits > 6 || micros % units[digits] == 0)
        return true;
    field_refuse(field, REJECT_RANGE, "has more digits of a second than the column keeps (%d)", digits);
    return false;
}

/* To UTC: the zone is less than a day, so that at most one day is crossed. */
static void to_utc(DateTime *at)
{
    enum { DAY = 24 * 60 };
    int minutes = at->hour * 60 + at->minute - at->zone;
    if (minutes < 0 && --at->day == 0) {
        at->year -= --at->month == 0;
        at->month = at->month ? at->month : 12;
        at->day = days_in_month(at->year, at->month);
    } else if (minutes >= DAY && ++at->day > days_in_month(at->year, at->month)) {
        at->day = 1;
        at->year += ++at->month == 13;
        at->month = at->month == 13 ? 1 : at->month;
    }
    minutes = (minutes + DAY) % DAY;
    at->hour = minutes / 60;
    at->minute = minutes % 60;
}

/* A local time of the column's zone to UTC. */
static void local_to_utc(const Zone *zone, DateTime *at)
{
    int second;
    int64_t local = civil_seconds(at->year, at->month, at->day, (at->hour * 60 + at->minute) * 60 + at->second);
    civil_date(local - zone_offset_of_local(zone, local), &at->year, &at->month, &at->day, &second);
    at->hour = second / 3600;
    at->minute = second / 60 % 60;
    at->second = second % 60;
}

/* As the column prints it: its midnight of a date, or the time. */
static void moment_value(const Field *field, DateTime *at)
{
    bool zoned = field->type->kind == PG_TIMESTAMPTZ;
    const Zone *zone = field->column->zone_offsets;
    if (zoned && zone && !at->has_zone)
        local_to_utc(zone, at);
    else
        to_utc(at);
    if (at->year < 1 || at->year > 9999) {
        field_refuse(field, REJECT_RANGE, "is outside the years 0001 to 9999");
        return;
    }
    char text[sizeof "0000-00-00 00:00:00"], *out = day_text(at, text), fraction[8];
    const int clock[] = {at->hour, at->minute, at->second};
    for (int i = 0; i < 3; i++) {
        *out++ = i ? ':' : ' ';
        out = digits(out, clock[i], 2);
    }
    *out = '\0';
    field_value(field,
                arena_printf(field->arena, "%s%s%s", text, micros_text(at->micros, fraction), zoned ? "+00" : ""));
}

void clean_datetime(const Field *field, Str cell)
{
    DateTime at;
    bool zoned = field->type->kind == PG_TIMESTAMPTZ;
    const Zone *zone = field->column->zone_offsets;
    if (!read_date(field, cell, &at))
        return;
    if (!zoned && (at.zone || (at.has_zone && zone))) {
        field_refuse(field, REJECT_INVALID, "names a time zone, the column has none");
        return;
    }
    if ((zoned || field->type->kind == PG_TIMESTAMP) && !field_keeps_micros(field, at.micros))
        return;
    moment_value(field, &at);
}

/* ---- date ---- */

void clean_date(const Field *field, Str cell)
{
    DateTime at;
    if (!read_date(field, cell, &at))
        return;
    if (at.hour || at.minute || at.second || at.micros || at.zone) {
        field_refuse(field, REJECT_INVALID, "has a time of day, the column keeps days only");
        return;
    }
    if (field->type->kind == PG_TIMESTAMP || field->type->kind == PG_TIMESTAMPTZ) {
        at.has_zone = false;
        moment_value(field, &at);
        return;
    }
    char *text = arena_alloc(field->arena, sizeof "0000-00-00");
    day_text(&at, text);
    field_value(field, text);
}

int order_bytes(const char *a, const char *b) { return strcmp(a, b); }

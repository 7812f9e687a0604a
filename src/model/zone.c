#include "artsync/zone.h"

#include <stdbool.h>

enum { DAY = 24 * 60 * 60, LAST_YEAR = 2137, CYCLE = 28 };

/* Days from 1970-01-01, by eras of 400 years that begin in March. */
static int64_t civil_days(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t civil_seconds(int year, int month, int day, int second_of_day)
{
    return civil_days(year, month, day) * DAY + second_of_day;
}

static int64_t floor_days(int64_t seconds) { return seconds / DAY - (seconds % DAY < 0); }

void civil_date(int64_t seconds, int *year, int *month, int *day, int *second_of_day)
{
    int64_t days = floor_days(seconds);
    *second_of_day = (int)(seconds - days * DAY);
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5) + 1;
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(years + era * 400 + (*month <= 2));
}

/* The same time in a year that is known and has the same days of the week: rules go by these. */
static int64_t in_known_year(int64_t seconds)
{
    int year, month, day, second;
    civil_date(seconds, &year, &month, &day, &second);
    if (year <= LAST_YEAR)
        return seconds;
    int64_t first = civil_days(year, 1, 1), length = civil_days((int64_t)year + 1, 1, 1) - first;
    for (int64_t known = LAST_YEAR; known > LAST_YEAR - CYCLE; known--) {
        int64_t start = civil_days(known, 1, 1);
        if ((first - start) % 7 == 0 && civil_days(known + 1, 1, 1) - start == length)
            return seconds - (first - start) * DAY;
    }
    return seconds; /* never: 28 years hold every kind */
}

/* The first change after `utc`; zone->n: none. */
static int next_change(const Zone *zone, int64_t utc)
{
    int low = 1, high = zone->n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (zone->offsets[middle].from > utc)
            high = middle;
        else
            low = middle + 1;
    }
    return low < zone->n ? low : zone->n;
}

int64_t zone_offset_of_utc(const Zone *zone, int64_t utc)
{
    return zone && zone->n ? zone->offsets[next_change(zone, in_known_year(utc)) - 1].seconds : 0;
}

int64_t zone_offset_of_local(const Zone *zone, int64_t local)
{
    if (!zone || !zone->n)
        return 0;
    local = in_known_year(local);
    int next = next_change(zone, local - DAY); /* no offset reaches a day */
    int64_t before = zone->offsets[next - 1].seconds;
    if (next == zone->n)
        return before;
    int64_t after = zone->offsets[next].seconds, change = zone->offsets[next].from;
    if (local - before < change && local - after < change)
        return before;
    if (local - before > change && local - after >= change)
        return after;
    return before < after ? before : after; /* skipped: before is the smaller one; repeated: after is */
}

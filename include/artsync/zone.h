/* zone.h - local times in a time zone, resolved as PostgreSQL resolves them. What is known of a zone comes from the
 * server (pg_zones of pg.h): it may know another version of the rules than this machine.
 *
 * Times are seconds since 1970-01-01 00:00:00, in UTC or, of a local time, as if it were UTC. Years 0001 to 9999.
 */
#ifndef ARTSYNC_ZONE_H
#define ARTSYNC_ZONE_H

#include <stdint.h>

typedef struct ZoneOffset {
    int64_t from;    /* UTC; of the first one it does not matter */
    int64_t seconds; /* east of UTC */
} ZoneOffset;

typedef struct Zone {
    const char *name;
    ZoneOffset *offsets; /* in order, malloc'ed; NULL: not asked for yet, counts as UTC */
    int n;
} Zone;

/* The offset to take off a local time. A time that a change skips counts by the offset before the change, a time that
 * it repeats by the one after it. */
int64_t zone_offset_of_local(const Zone *zone, int64_t local);

int64_t zone_offset_of_utc(const Zone *zone, int64_t utc);

/* The calendar, without a zone. month and day from 1. */
int64_t civil_seconds(int year, int month, int day, int second_of_day);
void civil_date(int64_t seconds, int *year, int *month, int *day, int *second_of_day);

#endif

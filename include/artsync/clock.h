/* clock.h - what time it is: for waits and durations, and as text for reports. */
#ifndef ARTSYNC_CLOCK_H
#define ARTSYNC_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that never jumps (CLOCK_MONOTONIC); only differences mean anything. Safe in a signal
 * handler. */
int64_t clock_ms(void);

enum { CLOCK_UTC = sizeof "2026-01-31T23:59:59Z" };

/* Now, as ISO 8601 in UTC with seconds. */
void clock_utc(char out[CLOCK_UTC]);

#endif

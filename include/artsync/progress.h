/* progress.h - one line on the terminal that says the progress of a run, and is removed when it ends.
 *
 * While a table is read: percentage by bytes, records, rate and time left. After that the phase by name, with the time
 * that it takes. Nothing unless stderr is a terminal, nothing with --quiet. Only the thread that calls progress_table
 * paints; the others' calls do nothing.
 *
 * Whatever works or waits for long calls progress_tick at least once a second: interrupt_check does, and waits take
 * progress_pause for their longest time. So the line changes at least every two seconds.
 */
#ifndef ARTSYNC_PROGRESS_H
#define ARTSYNC_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/mem.h"

/* What is worked on from here on: a table's name, a file's. Copied. */
void progress_table(const char *name);
/* What is done with it: "writing". Copied. */
void progress_phase(const char *phase);
/* It is read: `bytes` in all, 0 if that is not known. */
void progress_reading(int64_t bytes);
void progress_read(int64_t bytes, int64_t records); /* so far */

void progress_tick(void);
int progress_pause(int ms); /* `ms`, or less where the line would not change for too long */
void progress_end(void);    /* wipes the line; later ticks paint nothing */

/* ---- the line itself ---- */

typedef struct ProgressLine {
    const char *name, *phase;      /* phase NULL: it is being read */
    int64_t bytes, total, records; /* total 0: not known */
    int64_t ms;                    /* since it began */
} ProgressLine;

/* The line in at most `columns` columns: less important parts are left out, then the name is cut. */
void progress_format(Buf *out, const ProgressLine *line, int columns);

#endif

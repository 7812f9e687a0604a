/* log.h - what people read on stderr. Data goes to stdout, everything else comes here.
 *
 * Levels: quiet (errors only), normal (warnings and notes), verbose (details). Colour only on a terminal, never with
 * NO_COLOR or --no-color. No secret ever reaches these functions: connection strings are printed by pg_describe only.
 */
#ifndef ARTSYNC_LOG_H
#define ARTSYNC_LOG_H

#include <stdbool.h>

#include "artsync/err.h"

typedef enum LogLevel { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE } LogLevel;

void log_setup(LogLevel level, bool no_color);
LogLevel log_level(void);
bool log_color(void); /* may stderr be coloured? */

void log_detail(const char *format, ...) ART_PRINTF(1, 2); /* verbose */
void log_note(const char *format, ...) ART_PRINTF(1, 2);   /* normal */
void log_warning(const char *format, ...) ART_PRINTF(1, 2);/* normal; "warning: " in front */

/* "artsync: error: message", then "  hint: ..." on its own line. */
void log_error(const Err *err);

#endif

/* log.h - what people read on stderr. Data goes to stdout, everything else comes here.
 *
 * Levels: quiet (errors, and what needs attention), normal (warnings and notes), verbose (details). Colour and progress
 * only on a terminal; colour never with NO_COLOR or --no-color. No secret ever reaches these functions: connection
 * strings are printed by pg_describe only. Bytes that could move a terminal's cursor are shown as \xNN.
 */
#ifndef ARTSYNC_LOG_H
#define ARTSYNC_LOG_H

#include <stdbool.h>

#include "artsync/err.h"

typedef enum LogLevel { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE } LogLevel;

void log_setup(LogLevel level, bool no_color);

void log_detail(const char *format, ...) ART_PRINTF(1, 2); /* verbose */
void log_note(const char *format, ...) ART_PRINTF(1, 2);   /* normal */
void log_warning(const char *format, ...) ART_PRINTF(1, 2);/* normal; "warning: " in front */
void log_attention(const char *format, ...) ART_PRINTF(1, 2); /* quiet, too: a warning that needs somebody's
                                                                 attention */

/* The progress line (progress.h), which the next one overwrites and whatever is logged next wipes; nothing unless it is
 * shown: stderr is a terminal, and the level at least normal. */
bool log_shows_progress(void);
void log_progress(const char *text);
void log_progress_end(void);

/* "artsync: error: message", then "  hint: ..." on its own line. */
void log_error(const Err *err);

#endif

/* internal.h - between the files of src/session. */
#ifndef ARTSYNC_SESSION_INTERNAL_H
#define ARTSYNC_SESSION_INTERNAL_H

#include "artsync/session.h"

/* What still says running in the log says failed from here on; failing at that is no error. */
void runlog_fail(Pg *log, const char *run_id, const Err *why);

#endif

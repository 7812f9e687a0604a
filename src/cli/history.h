/* history.h - the changes of one sync or one record, as `history` prints them. */
#ifndef ARTSYNC_CLI_HISTORY_H
#define ARTSYNC_CLI_HISTORY_H

#include "private.h"

/* `table` may be NULL: all. Inside an open transaction. */
bool history_of_sync(Cli *cli, const char *sync_id, const char *table, Err *err);
bool history_of_record(Cli *cli, const char *record, const char *table, Err *err);
/* The changes of a sync as a page lists them, within one section; `changes` says how many there are. */
bool history_page(Report *report, Cli *cli, const char *sync_id, int64_t changes, Err *err);

#endif

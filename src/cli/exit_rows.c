/* exit_rows.c - the exit statuses: one row each, for help, man page and README. */
#include "artsync/cli.h"

const ExitRow exit_rows[] = {
    {EXIT_DONE, "done; nothing needs attention"},
    {EXIT_ATTENTION, "done, but something needs attention: new rejects, conflicts, failed checks, differences, values "
                     "kept by a rollback; with --exit-code, changes or migrations waiting"},
    {EXIT_USAGE, "usage or configuration: bad option, bad base.json, unknown table or sync id, a file that is missing"},
    {EXIT_DATABASE, "the database cannot be reached or used: connection, privileges, missing or drifted schema"},
    {EXIT_REFUSED, "refused or failed, and nothing was changed"},
    {EXIT_BUSY, "another sync is running"},
    {EXIT_UNKNOWN, "the outcome is unknown: the connection broke during COMMIT and could not be resolved"},
    {EXIT_INTERRUPTED, "interrupted; nothing was changed"},
    {EXIT_TERMINATED, "terminated; nothing was changed"},
};
const int exit_row_count = (int)(sizeof exit_rows / sizeof exit_rows[0]);

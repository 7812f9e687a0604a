/* private.h - what the files of cli/ share: the options of sync and diff, single changes. */
#ifndef ARTSYNC_CLI_PRIVATE_H
#define ARTSYNC_CLI_PRIVATE_H

#include "artsync/changes.h"
#include "artsync/cli.h"
#include "artsync/sync.h"

/* ---- options that several commands have ---- */

#define ROW_EXPORT_DIR                                                                                                 \
    {"export-dir", 0, OPTION_TEXT, "DIR", "ARTSYNC_EXPORT_DIR", "airtable_export", "the folder with the CSV files"}
#define ROW_DRY_RUN {"dry-run", 0, OPTION_FLAG, NULL, NULL, NULL, "run without saving changes"}
#define ROW_WAIT {"wait", 0, OPTION_NUMBER, "SECONDS", NULL, "0", "seconds to wait for another sync"}
#define ROW_NOTIFY                                                                                                     \
    {"notify", 0, OPTION_TEXT, "CMD", "ARTSYNC_NOTIFY", NULL,                                                          \
     "program to run when the sync is over, with its JSON report on stdin; a path without arguments"}
#define ROW_MODE                                                                                                       \
    {"mode", 0, OPTION_CHOICE, "incremental|merge|full", "ARTSYNC_MODE", "incremental",                                \
     "keep edits in the database, or replace them by the export; full also deactivates rows missing from the export"}
#define ROW_ON_CONFLICT                                                                                                \
    {"on-conflict", 0, OPTION_CHOICE, "export|database|reject", "ARTSYNC_ON_CONFLICT", NULL,                           \
     "value to keep when both changed; by default export, in phase primary the database"}
#define ROW_REPORT                                                                                                     \
    {"report", 0, OPTION_TEXT, "FILE", NULL, NULL, "write what was done as an HTML page to FILE, also if it fails"}
#define ROWS_LIMITS                                                                                                    \
    {"max-rejects",                                                                                                \
     0,                                                                                                            \
     OPTION_LIMIT,                                                                                                 \
     "N|P%",                                                                                                       \
     "ARTSYNC_MAX_REJECTS",                                                                                        \
     "10%",                                                                                                        \
     "refuse a sync that rejects more records of a table"},                                                        \
    {"max-deactivate",                                                                                             \
     0,                                                                                                            \
     OPTION_LIMIT,                                                                                                 \
     "N|P%",                                                                                                       \
     "ARTSYNC_MAX_DEACTIVATE",                                                                                     \
     "10%",                                                                                                        \
     "refuse a full sync that deactivates more rows of a table"},                                                  \
    {"strict", 0, OPTION_FLAG, NULL, NULL, NULL, "refuse the sync if any record is rejected"}
#define ROWS_SYNC                                                                                                      \
    ROW_MODE, ROW_EXPORT_DIR, {"file",                                                                                 \
                               0,                                                                                      \
                               OPTION_LIST,                                                                            \
                               "TABLE=PATH",                                                                           \
                               NULL,                                                                                   \
                               NULL,                                                                                   \
                               "read TABLE from PATH, - for stdin; without --export-dir, only such files"},            \
        {"table", 0, OPTION_LIST, "TABLE", NULL, NULL, "only this table; may be repeated"}, ROW_ON_CONFLICT,           \
        ROWS_LIMITS,                                                                                                   \
        {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "skip the safety limits (recorded in the log)"}, ROW_WAIT

bool cli_is_dry(const Cli *cli); /* --dry-run: it leaves no log, and tells no one */

/* The command as it was typed, without the global options: "sync --export-dir 'My exports'". */
void arguments_typed(const Arguments *arguments, Buf *out);

/* SyncOptions from the rows above. Arrays live in cli->arena. */
bool sync_options_read(Cli *cli, SyncOptions *options, Err *err);
/* The tables that --table, else --file alone, limits the command to; empty: all. In cli->arena. */
StringList cli_tables(Cli *cli);
/* Of them only mode and on_conflict. */
bool sync_choices_read(const Cli *cli, SyncOptions *options, Err *err);

/* ---- how a run ended (outcome.c) ---- */

/* `artsync watch` started it: text is one line, the summary, when all is over. */
bool outcome_is_line(const Cli *cli);

/* In one line of less than 200 characters: what a sync did, or why it failed. */
const char *sync_summary(const SyncResult *result, const Base *base, ExitStatus status, const Err *failed,
                         Arena *arena);

/* Take the mapping of a run of `artsync map` as cli->base where that is meant (map_base.c). */
bool map_base_use(Cli *cli, Err *err);

/* ---- single changes (changes.c) ---- */

/* One change as people read it: table, id, name, action, and its columns, packed as CELL_CHANGES; `name` may be
 * NULL. */
void change_lines(Report *report, const char *table, const char *id, const char *name, const char *action,
                  const char *columns);
Style change_style(const char *action);
/* What the name column says in `columns`: the new value, else the old one; NULL: it is not among them. */
const char *change_name(const Table *table, const char *columns, Arena *arena);


#endif

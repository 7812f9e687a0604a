/* completion.h - completion scripts, printed from the rows of commands and options. */
#ifndef ARTSYNC_CLI_COMPLETION_H
#define ARTSYNC_CLI_COMPLETION_H

#include "artsync/cli.h"

/* What may follow an option, or be an argument. */
typedef enum Completed { WORDS, FILES, FOLDERS, TABLES, SYNCS, CHECKS, NOTHING } Completed;

/* Of an option's value or a command's argument, by what help calls it: "FILE", "[SYNC_ID]", "TABLE", "a|b". */
Completed completed_by(const char *called, const char *option);

void completion_bash(FILE *out, CommandTable table);
void completion_zsh(FILE *out, CommandTable table);
void completion_fish(FILE *out, CommandTable table);

#endif

/* shell.h - commands that messages tell people to run: each can be pasted into a POSIX shell and does what it says. */
#ifndef ARTSYNC_SHELL_H
#define ARTSYNC_SHELL_H

#include "artsync/mem.h"

/* What every printed command repeats of this run, so that it concerns the same base and database: --base, --env-file,
 * -d. NULL: it was not named, so it needs no option. The strings are kept, not copied. */
typedef struct CommandContext {
    const char *base, *env_file;
    const char *database; /* without a password: what is printed is no secret */
} CommandContext;

void command_context(const CommandContext *context);

/* "artsync --base X rejects --table 'Order Items'": `format` knows %s only, and each is one quoted word. Lives in
 * `arena`. */
const char *command_line(Arena *arena, const char *format, ...) ART_PRINTF(2, 3);
/* The same for another base than this run's: `base` is named, whatever it is. */
const char *command_line_for(Arena *arena, const char *base, const char *format, ...) ART_PRINTF(3, 4);
/* The same with words that are quoted already (command_word). */
const char *command_line_words(Arena *arena, const char *base, const char *words);
/* "chmod 600 'my file'": a program's own command on one file, whose name never reads as an option. */
const char *command_on_file(Arena *arena, const char *command, const char *path);
/* Appends `text` as one word of a shell. */
void command_word(Buf *out, const char *text);
/* `text` with a command of this run in place of {}: "`{}` lists the syncs". For hints and messages, of which a run has
 * few: the result lives as long as the program. Main thread only. */
const char *command_hint(const char *text, const char *format, ...) ART_PRINTF(2, 3);

#endif

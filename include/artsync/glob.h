/* glob.h - patterns of file names: `*` any characters, `?` one, `[abc]` one of these, `\` makes the next one plain. */
#ifndef ARTSYNC_GLOB_H
#define ARTSYNC_GLOB_H

#include <stdbool.h>

#include "artsync/mem.h"

/* A name that begins with a point fits only a pattern that does, too. */
bool glob_matches(const char *pattern, const char *name);

/* A plain name that fits: the pattern without its wildcards, or with `word` in place of them where nothing else
 * fits. NULL: none was found. Lives in `arena`. */
const char *glob_example(const char *pattern, const char *word, Arena *arena);

#endif

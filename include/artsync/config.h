/* config.h - .env files: settings beside the data.
 *
 * KEY=value, one a line. Blank lines, `# comments`, `export KEY=value`, CRLF and a byte order mark are read. A value is
 * bare (up to ` #`, trimmed), 'single quoted' (as it is) or "double quoted" (\" \\ \$ \` represent the second
 * character, every other backslash for itself), as a shell would read it; but no shell ever does: nothing is expanded.
 * The last of several lines with one key counts.
 *
 * Values may be secrets: no message quotes one.
 */
#ifndef ARTSYNC_CONFIG_H
#define ARTSYNC_CONFIG_H

#include <stdbool.h>

#include "artsync/err.h"
#include "artsync/mem.h"

typedef struct EnvEntry {
    const char *key;
    const char *value;
    int line;
} EnvEntry;

typedef struct EnvFile {
    const char *path; /* as given; NULL: no file was read */
    EnvEntry *items;
    int n, cap;
    Arena arena; /* owns path, keys and values */
} EnvFile;

/* Parse the text of a .env file. Errors (ERR_CONFIG) name `path` and the line. */
bool env_parse(Str text, const char *path, EnvFile *out, Err *err);

/* Read `path`; NULL: `.env` in the working folder, which need not be there, and which is refused (ERR_CONFIG)
 * if another user but root owns it or can write it. Warns about a password that others can read, about ARTSYNC_
 * keys that are not in `known` (which ends with NULL), and about misspelt names of libpq's. Keys of other programs
 * are passed over. */
bool env_read(const char *path, const char *const *known, EnvFile *out, Err *err);

/* Give libpq's variables (PGHOST, PGPASSWORD ...) of the file to this process, where its environment has none. */
void env_export(const EnvFile *file);

/* The last entry with `key`, or NULL. */
const EnvEntry *env_find(const EnvFile *file, const char *key);

/* Does a connection string hold a password? */
bool env_has_password(const char *url);

/* Does it hold a password or a key, which others should not read? */
bool env_holds_secret(const EnvFile *file);

void env_free(EnvFile *file);

#endif

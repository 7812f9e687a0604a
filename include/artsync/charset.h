/* charset.h - which characters a database's encoding has: characters that it lacks are refused before the server is
 * asked. */
#ifndef ARTSYNC_CHARSET_H
#define ARTSYNC_CHARSET_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/err.h"
#include "artsync/mem.h"

typedef struct Charset Charset;

/* *out for the encoding that PostgreSQL calls `name` ("LATIN1"); NULL for those that take every character: UTF8, and
 * SQL_ASCII, which stores the bytes of UTF-8 as they are. ERR_CONFIG: this machine has no conversion to it. */
bool charset_open(Charset **out, const char *name, Err *err);
/* Is this the name of an encoding, of a file for example, that this machine can convert to UTF-8 and back? A name with
 * options (//IGNORE) is none. */
bool charset_is_known(const char *name);
void charset_close(Charset *charset); /* accepts NULL */

/* Does the encoding have every character of this valid UTF-8? *lacks gets the first that is missing. NULL has all. */
bool charset_holds(Charset *charset, Str text, int32_t *lacks);

/* The text with "U+0141" for each character that the encoding lacks; the text itself where there is none. */
const char *charset_shown(Charset *charset, const char *text, Arena *arena);

#endif

/* hex.h - bytes as hexadecimal digits, lower case, two for each byte. */
#ifndef ARTSYNC_HEX_H
#define ARTSYNC_HEX_H

#include "artsync/mem.h"

void hex_write(char *out, Str bytes); /* 2 * bytes.n digits, no NUL */

/* The bytes of a value of type bytea as PostgreSQL prints it (\x and digits) and as a statement's parameter
 * takes it. */
void bytea_add(Buf *out, Str bytes);
Str bytea_read(const char *text, Arena *arena); /* no bytes where it is NULL or does not begin with \x */

#endif

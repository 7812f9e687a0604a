/* banned.h - functions that cannot be used safely, or that hide errors, do not compile. The Makefile includes this in
 * front of every source, so the headers that declare them have to come first. */
#ifndef ARTSYNC_BANNED_H
#define ARTSYNC_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* They write without knowing the space: snprintf, arena_printf, Buf. */
#pragma GCC poison strcpy strcat stpcpy sprintf vsprintf gets
/* They cut silently, or leave no NUL: Str, arena_strn. */
#pragma GCC poison strncpy strncat
/* They keep hidden state: strtok_r, gmtime_r, localtime_r. */
#pragma GCC poison strtok gmtime localtime ctime asctime
/* They cannot tell an error from 0: strtol and kin, pg_int. */
#pragma GCC poison atoi atol atoll atof

#endif

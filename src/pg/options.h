/* options.h - connection options: keywords and values, as PQconnectStartParams takes them. */
#ifndef ARTSYNC_PG_OPTIONS_H
#define ARTSYNC_PG_OPTIONS_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "artsync/err.h"

typedef struct Options {
    char **keys, **values; /* NULL behind the last */
    int n, cap;
} Options;

void options_set(Options *options, const char *key, const char *value); /* copies both */
void options_free(Options *options);

/* Read a url or conninfo string into `options`; its errors say nothing that could be a secret. */
bool options_parse(const char *url, Options *options, Err *err);

/* What libpq makes of it all: url, service file, environment, its defaults. NULL: `err` is set. PQconninfoFree it. */
PQconninfoOption *options_effective(const Options *options, Err *err);
const char *option_find(const PQconninfoOption *info, const char *key); /* its value; NULL: none, or empty */

/* Our defaults where neither url, service file nor environment say anything. */
void options_add_defaults(Options *options, const PQconninfoOption *info);

/* How many hosts there are, separated by commas; host i alone; is the port a number? */
int host_list_length(const char *list);
void options_pick_host(Options *options, const PQconninfoOption *info, int i);
bool options_check_port(const char *port, Err *err);

#endif

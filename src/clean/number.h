/* number.h - between the files that read numbers. */
#ifndef ARTSYNC_CLEAN_NUMBER_H
#define ARTSYNC_CLEAN_NUMBER_H

#include "artsync/ascii.h"
#include "field.h"

/* A number's text, and what was removed around it. */
typedef struct Affixes {
    Str rest;
    bool negative, sign, brackets, symbol, code, percent, allow_percent;
} Affixes;

/* Take off what may be around a number, each at most once, in any nesting that people use. */
void strip_affixes(Affixes *affixes);

/* Take a separator of thousands other than , and . off the front. Which one it was, or -1. */
int take_group_separator(Str *text);

#endif

/* ascii.h - digits and letters of ASCII, whatever the locale. */
#ifndef ARTSYNC_ASCII_H
#define ARTSYNC_ASCII_H

#include "artsync/mem.h"

static inline bool ascii_digit(char c) { return c >= '0' && c <= '9'; }

static inline bool ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* How many digits there are from `at` on. */
static inline size_t ascii_digits(Str text, size_t at)
{
    size_t end = at;
    while (end < text.n && ascii_digit(text.p[end]))
        end++;
    return end - at;
}

#endif

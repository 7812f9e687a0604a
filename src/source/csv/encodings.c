/* The names of Unicode's encodings. */
#include <string.h>
#include <strings.h>

#include "internal.h"

/* Without "LE" and "BE" behind them. */
static const struct {
    const char *name, *family;
} families[] = {
    {"UTF-8", "UTF-8"},  {"UTF8", "UTF-8"},   {"UTF-16", "UTF-16"},  {"UTF16", "UTF-16"},
    {"UCS-2", "UTF-16"}, {"UCS2", "UTF-16"},  {"UNICODE", "UTF-16"}, {"UTF-32", "UTF-32"},
    {"UTF32", "UTF-32"}, {"UCS-4", "UTF-32"}, {"UCS4", "UTF-32"},
};

const char *csv_encoding_family(const char *name, char *order)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        size_t n = strlen(families[i].name);
        if (strncasecmp(name, families[i].name, n) != 0)
            continue;
        *order = strcasecmp(name + n, "LE") == 0 ? 'L' : strcasecmp(name + n, "BE") == 0 ? 'B' : '\0';
        if (!name[n] || *order)
            return families[i].family;
    }
    return NULL;
}

/* array_text.c - text[] as PostgreSQL prints it. */
#include "field.h"

#include <strings.h>

static bool needs_quotes(Str item)
{
    if (item.n == 0 || (item.n == 4 && strncasecmp(item.p, "null", 4) == 0))
        return true;
    for (size_t i = 0; i < item.n; i++) {
        char c = item.p[i];
        if (c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' || c == ' ' || (c >= '\t' && c <= '\r'))
            return true;
    }
    return false;
}

const char *array_text(const Str *items, size_t n, Arena *arena)
{
    size_t size = 3; /* {} and the NUL */
    for (size_t i = 0; i < n; i++)
        size += items[i].n * 2 + 3;
    char *text = arena_alloc(arena, size), *out = text;
    *out++ = '{';
    for (size_t i = 0; i < n; i++) {
        bool quoted = needs_quotes(items[i]);
        if (i)
            *out++ = ',';
        if (quoted)
            *out++ = '"';
        for (size_t k = 0; k < items[i].n; k++) {
            if (items[i].p[k] == '"' || items[i].p[k] == '\\')
                *out++ = '\\';
            *out++ = items[i].p[k];
        }
        if (quoted)
            *out++ = '"';
    }
    *out++ = '}';
    *out = '\0';
    return text;
}

#include "artsync/glob.h"

#include <fnmatch.h>
#include <string.h>

bool glob_matches(const char *pattern, const char *name) { return fnmatch(pattern, name, FNM_PERIOD) == 0; }

/* Behind the bracket expression that begins at `p`; NULL: it has no end, so the bracket is a plain character. */
static const char *behind_bracket(const char *p)
{
    const char *first = p + 1 + (p[1] == '!' || p[1] == '^');
    const char *end = *first ? strchr(first + 1, ']') : NULL;
    return end ? end + 1 : NULL;
}

static void fill(Buf *out, const char *pattern, const char *word)
{
    buf_clear(out);
    buf_reserve(out, strlen(pattern) + 1);
    for (const char *p = pattern; *p; p++) {
        const char *behind = *p == '[' ? behind_bracket(p) : NULL;
        if (*p == '*')
            buf_str(out, word);
        else if (*p == '?')
            buf_char(out, '_');
        else if (behind)
            buf_char(out, p[1] == '!' || p[1] == '^' ? '_' : p[1]);
        else if (*p == '\\' && p[1])
            buf_char(out, *++p);
        else
            buf_char(out, *p);
        if (behind)
            p = behind - 1;
    }
}

const char *glob_example(const char *pattern, const char *word, Arena *arena)
{
    Buf name = {0};
    const char *found = NULL;
    for (int i = 0; i < 2 && !found; i++) {
        fill(&name, pattern, i ? word : "");
        if (name.len && glob_matches(pattern, buf_view(&name).p))
            found = arena_strn(arena, name.data, name.len);
    }
    buf_free(&name);
    return found;
}

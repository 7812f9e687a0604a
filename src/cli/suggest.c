/* suggest.c - what was probably meant: the nearest of the words that would have been right. */
#include "artsync/cli.h"
#include "artsync/utf8.h"

enum { SHOWN = 3, PREFIX = 2 };

/* How far `candidate` is from `word`; above `limit`: another word. One that was cut short is nearer than any typing
 * error but the smallest. */
static size_t distance_of(const char *word, const char *candidate, size_t limit)
{
    size_t n = strlen(word);
    if (n >= PREFIX && strncmp(word, candidate, n) == 0)
        return 1;
    return utf8_distance(str_of(word), str_of(candidate), limit);
}

static bool has(const char *const *items, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(items[i], name) == 0)
            return true;
    return false;
}

const char *did_you_mean(const char *word, const StringList *candidates, Arena *arena)
{
    const char *nearest[SHOWN];
    int found = 0;
    size_t n = strlen(word), best = n < 4 ? 2 : n < 8 ? 3 : 4; /* with more differences it is another word */
    for (int i = 0; i < candidates->n; i++) {
        const char *candidate = candidates->items[i];
        size_t distance = distance_of(word, candidate, best);
        if (distance < best)
            found = 0;
        if ((distance < best || (found && distance == best)) && found < SHOWN && !has(nearest, found, candidate)) {
            nearest[found++] = candidate;
            best = distance;
        }
    }
    Buf text = {0};
    for (int i = 0; i < found; i++)
        buf_printf(&text, "%s%s", i == 0 ? "" : i == found - 1 ? " or " : ", ", nearest[i]);
    const char *hint = found ? arena_printf(arena, "did you mean %s?", text.data) : NULL;
    buf_free(&text);
    return hint;
}

const char *choice_hint(const char *word, const char *choices, Arena *arena)
{
    StringList list = {arena_alloc(arena, sizeof(char *) * (strlen(choices) + 1)), 0};
    Buf all = {0};
    for (const char *p = choices; *p; p += *p == '|') {
        size_t n = strcspn(p, "|");
        list.items[list.n++] = arena_strn(arena, p, n);
        buf_printf(&all, "%s%s", list.n > 1 ? ", " : "", list.items[list.n - 1]);
        p += n;
    }
    const char *meant = did_you_mean(word, &list, arena);
    const char *hint =
        arena_printf(arena, "%s%sit is one of %s", meant ? meant : "", meant ? " " : "", buf_view(&all).p);
    buf_free(&all);
    return hint;
}

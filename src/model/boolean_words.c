/* boolean_words.c - what exports write for yes and no. */
#include <string.h>
#include <strings.h>

#include "artsync/base.h"

static const struct {
    const char *text;
    bool yes;
} words[] = {
    {"checked", true}, {"unchecked", false}, {"true", true}, {"false", false}, {"yes", true},
    {"no", false},     {"1", true},          {"0", false},   {"y", true},      {"n", false},
    {"t", true},       {"f", false},         {"on", true},   {"off", false},
};

bool boolean_word(Str text, bool *yes)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].text) == text.n && strncasecmp(words[i].text, text.p, text.n) == 0) {
            *yes = words[i].yes;
            return true;
        }
    }
    return false;
}

const char *boolean_choice(const Column *column, bool yes)
{
    for (int i = 0; i < column->choices.n; i++) {
        bool says;
        if (boolean_word(str_of(column->choices.items[i]), &says) && says == yes)
            return column->choices.items[i];
    }
    return yes ? "true" : "false";
}

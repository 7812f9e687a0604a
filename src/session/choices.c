/* choices.c - the words for modes, phases and conflict choices, each in one table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/choices.h"

static const char *const modes[] = {"incremental", "merge", "full"};
static const char *const phases[] = {"parallel", "primary", "archive"};
static const char *const choices[] = {NULL, "export", "database", "reject"};

static bool parse(const char *name, const char *const *words, size_t n, int *out)
{
    for (size_t i = 0; i < n; i++)
        if (words[i] && strcmp(words[i], name) == 0) {
            *out = (int)i;
            return true;
        }
    return false;
}

const char *sync_mode_name(SyncMode mode) { return modes[mode]; }

const char *phase_name(Phase phase) { return phases[phase]; }

bool sync_mode_parse(const char *name, SyncMode *mode)
{
    int i;
    if (!parse(name, modes, sizeof modes / sizeof modes[0], &i))
        return false;
    *mode = (SyncMode)i;
    return true;
}

bool phase_parse(const char *name, Phase *phase)
{
    int i;
    if (!parse(name, phases, sizeof phases / sizeof phases[0], &i))
        return false;
    *phase = (Phase)i;
    return true;
}

bool on_conflict_parse(const char *name, OnConflict *choice)
{
    int i;
    if (!parse(name, choices, sizeof choices / sizeof choices[0], &i))
        return false;
    *choice = (OnConflict)i;
    return true;
}

bool limit_parse(const char *text, Limit *limit)
{
    if (*text < '0' || *text > '9')
        return false;
    size_t digits = strspn(text, "0123456789.");
    if (text[digits] != '\0' && text[digits] != '%')
        return false;
    char *end;
    double value = strtod(text, &end);
    bool percent = *end == '%';
    if (end[percent] != '\0' || !isfinite(value) || (percent ? value > 100 : value != floor(value)))
        return false;
    *limit = (Limit){value, percent};
    return true;
}

bool limit_exceeded(Limit limit, int64_t count, int64_t of)
{
    if (!limit.percent)
        return (double)count > limit.value;
    return count >= 10 && (double)count * 100 > limit.value * (double)of;
}

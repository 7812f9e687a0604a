/* base.json: "pattern" of derive, a regular expression that costs little to compile and to match. */
#include <regex.h>
#include <stdlib.h>

#include "base_build.h"

enum { PATTERN_BYTES = 1000, PATTERN_SIZE = 1000 };

/* Behind a bracket expression whose [ was read. */
static const char *skip_bracket(const char *p)
{
    p += *p == '^';
    p += *p == ']';
    while (*p && *p != ']') {
        const char *end = NULL; /* of [:alpha:], [.x.] or [=x=] */
        if (p[0] == '[' && (p[1] == ':' || p[1] == '.' || p[1] == '='))
            end = strstr(p + 2, (char[]){p[1], ']', '\0'});
        p = end ? end + 2 : p + 1;
    }
    return p + (*p == ']');
}

static size_t times(size_t size, size_t n)
{
    return size > PATTERN_SIZE || n > PATTERN_SIZE ? PATTERN_SIZE + 1 : size * n;
}

/* The larger number of {m,n}, whose { was read. */
static size_t bound(const char **at)
{
    size_t most = 1;
    while (**at && **at != '}') {
        char *end;
        size_t n = strtoul(*at, &end, 10);
        most = end != *at && n > most ? n : most;
        *at = end != *at ? end : *at + 1;
    }
    *at += **at == '}';
    return most;
}

/* How many pieces regcomp makes of a pattern, up to its end or a closing parenthesis: it copies what is repeated, so a
 * repetition of repetitions (a+++, ((a+)+)+) doubles with each. */
static size_t pattern_size(const char **at)
{
    size_t sum = 0, atom = 0;
    while (**at && **at != ')' && sum <= PATTERN_SIZE) {
        char c = *(*at)++;
        if (c == '+' || c == '{') {
            atom = times(atom, c == '+' ? 2 : bound(at));
            continue;
        }
        if (c == '*' || c == '?')
            continue;
        sum += atom;
        atom = 1;
        if (c == '[')
            *at = skip_bracket(*at);
        else if (c == '\\')
            *at += **at != '\0';
        else if (c == '(')
            atom = pattern_size(at) + 1;
        if (c == '(')
            *at += **at == ')';
    }
    return sum + atom;
}

static bool is_small_pattern(const char *pattern)
{
    size_t size = strlen(pattern) > PATTERN_BYTES ? PATTERN_SIZE + 1 : 0;
    for (const char *at = pattern; *at && size <= PATTERN_SIZE; at += *at == ')') /* one without its ( */
        size += pattern_size(&at);
    return size <= PATTERN_SIZE;
}

/* \1 to \9: to match them takes exponential time and memory. (Within brackets a backslash means itself.) */
static bool has_back_reference(const char *pattern)
{
    for (const char *p = pattern; *p;) {
        char c = *p++;
        if (c == '[')
            p = skip_bracket(p);
        else if (c == '\\' && *p >= '1' && *p <= '9')
            return true;
        else if (c == '\\')
            p += *p != '\0';
    }
    return false;
}

const char *read_pattern(const Node *value)
{
    const char *pattern = node_text(value);
    if (!pattern)
        return NULL;
    if (has_back_reference(pattern)) {
        node_problem(value, "repeat the pattern of the group instead", "has a back reference, \\1 to \\9");
        return NULL;
    }
    if (!is_small_pattern(pattern)) {
        node_problem(value, NULL, "is too long, or repeats repetitions");
        return NULL;
    }
    regex_t regex;
    int fault = regcomp(&regex, pattern, REG_EXTENDED);
    if (fault == REG_ESPACE)
        mem_exhausted();
    if (fault != 0) {
        char reason[128];
        regerror(fault, &regex, reason, sizeof reason);
        node_problem(value, NULL, "is not a POSIX extended regular expression: %s", reason);
        return NULL;
    }
    if (regex.re_nsub < 1)
        node_problem(value, "write the part to take in parentheses, e.g. \" - (-?[0-9]+)$\"", "has no group to take");
    regfree(&regex);
    return pattern;
}

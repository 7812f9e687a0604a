/* query.c - a check's text as one query that fits into another: without its last semicolon and what follows it. */
#include "artsync/ascii.h"
#include "query.h"

typedef struct Scan {
    const char *p, *end;
    const char *last;      /* behind the last token that is no semicolon; NULL: none yet */
    bool ended;            /* a semicolon was read */
    bool second;           /* and something came after it */
    bool parameter;        /* $1 */
    bool open;             /* a comment has no end */
} Scan;

static bool is_letter(char c)
{
    return ascii_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool starts(const Scan *scan, const char *text)
{
    size_t n = strlen(text);
    return (size_t)(scan->end - scan->p) >= n && memcmp(scan->p, text, n) == 0;
}

/* White space and comments, which nest. */
static bool skip_blank(Scan *scan)
{
    if (memchr(" \t\r\n\f\v", *scan->p, 6)) {
        scan->p++;
        return true;
    }
    if (starts(scan, "--")) {
        while (scan->p < scan->end && *scan->p != '\n')
            scan->p++;
        return true;
    }
    if (!starts(scan, "/*"))
        return false;
    int depth = 0;
    do {
        int step = starts(scan, "/*") ? 1 : starts(scan, "*/") ? -1 : 0;
        depth += step;
        scan->p += step ? 2 : 1;
    } while (depth > 0 && scan->p < scan->end);
    scan->open = depth > 0;
    return true;
}

/* A string or a quoted name; a doubled quote is the end of one and the beginning of the next. */
static void skip_quoted(Scan *scan, bool escapes)
{
    char quote = *scan->p++;
    while (scan->p < scan->end && *scan->p != quote)
        scan->p += escapes && *scan->p == '\\' && scan->p + 1 < scan->end ? 2 : 1;
    scan->p += scan->p < scan->end;
}

/* $tag$ ... $tag$, or $1. */
static void skip_dollar(Scan *scan)
{
    const char *tag = scan->p++;
    if (scan->p < scan->end && ascii_digit(*scan->p)) {
        scan->parameter = true;
        return;
    }
    while (scan->p < scan->end && (is_letter(*scan->p) || ascii_digit(*scan->p)))
        scan->p++;
    if (scan->p == scan->end || *scan->p != '$')
        return;
    size_t n = (size_t)(++scan->p - tag);
    while (scan->p < scan->end && ((size_t)(scan->end - scan->p) < n || memcmp(scan->p, tag, n) != 0))
        scan->p++;
    if (scan->p < scan->end)
        scan->p += n;
}

static void skip_token(Scan *scan)
{
    char c = *scan->p;
    bool escapes = (c == 'e' || c == 'E') && scan->p + 1 < scan->end && scan->p[1] == '\'';
    scan->p += escapes;
    if (*scan->p == '\'' || *scan->p == '"') {
        skip_quoted(scan, escapes);
    } else if (c == '$') {
        skip_dollar(scan);
    } else if (is_letter(c)) { /* a name may hold $ */
        while (scan->p < scan->end && (is_letter(*scan->p) || ascii_digit(*scan->p) || *scan->p == '$'))
            scan->p++;
    } else {
        scan->p++;
    }
}

const char *check_query(const char *text, size_t size, Arena *arena, const char **broken)
{
    Scan scan = {.p = text, .end = text + size};
    while (scan.p < scan.end) {
        if (skip_blank(&scan))
            continue;
        if (*scan.p == ';') {
            scan.ended = scan.ended || scan.last;
            scan.p++;
            continue;
        }
        scan.second = scan.second || scan.ended;
        skip_token(&scan);
        scan.last = scan.p;
    }
    if (scan.open)
        *broken = "a comment in it has no end";
    else if (!scan.last)
        *broken = "it holds no query";
    else if (scan.second)
        *broken = "it holds more than one statement; a check is one query";
    else if (scan.parameter)
        *broken = "it has a parameter ($1); a check takes none";
    return arena_strn(arena, text, scan.last ? (size_t)(scan.last - text) : 0);
}

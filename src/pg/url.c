/* Connection strings as people have them in their .env files, made readable for libpq. */
#include <ctype.h>
#include <stdlib.h>

#include "private.h"

static const char bad_url[] = "write postgresql://user:password@host:port/database, with special characters of the "
                              "password as %XX (@ is %40, / is %2F, : is %3A, % is %25)";

/* Query parameters that belong to other clients: renamed, or (NULL) dropped. */
static const struct {
    const char *name;
    const char *libpq;
} parameters[] = {
    {"ssl", "sslmode"}, /* asyncpg */
    {"pgbouncer", NULL},
    {"connection_limit", NULL},
    {"pool_timeout", NULL},
    {"prepared_statement_cache_size", NULL},
    {"prepared_statement_name_func", NULL},
    {"statement_cache_size", NULL},
    {"async_fallback", NULL},
};

/* The length of "postgres[ql][+driver]://", 0 if the text is no URL. */
static size_t scheme_length(const char *url)
{
    size_t n = strncmp(url, "postgresql", 10) == 0 ? 10 : strncmp(url, "postgres", 8) == 0 ? 8 : 0;
    if (n && url[n] == '+') {
        do
            n++;
        while (isalnum((unsigned char)url[n]) || url[n] == '_');
    }
    return n && strncmp(url + n, "://", 3) == 0 ? n + 3 : 0;
}

static void add_parameter(Buf *out, const char *text, size_t n, bool *first)
{
    const char *name = NULL;
    size_t name_length = strcspn(text, "=&");
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        if (strlen(parameters[i].name) != name_length || strncmp(parameters[i].name, text, name_length) != 0)
            continue;
        name = parameters[i].libpq;
        if (!name)
            return;
        if (n == name_length + 5 && strncmp(text + name_length, "=true", 5) == 0)
            name = NULL; /* libpq knows ssl=true */
        break;
    }
    buf_char(out, *first ? '?' : '&');
    *first = false;
    buf_str(out, name ? name : "");
    buf_add(out, text + (name ? name_length : 0), n - (name ? name_length : 0));
}

/* An @ or / that was not written as %XX would move a part of the password into the host or database name, and from
 * there into messages. */
static bool check_authority(const char *rest, size_t n, Err *err)
{
    const char *at = memchr(rest, '@', n);
    const char *slash = memchr(rest, '/', n);
    bool second = at && memchr(at + 1, '@', n - (size_t)(at + 1 - rest));
    if (second || (at && slash && slash < at))
        return err_set(err, ERR_CONFIG, bad_url, "the database URL has a bare '@' or '/' in its user or password");
    return true;
}

bool pg_url_normalize(const char *url, Buf *out, Err *err)
{
    while (isspace((unsigned char)*url))
        url++;
    size_t scheme = scheme_length(url);
    if (!scheme) {
        if (strstr(url, "://"))
            return err_set(err, ERR_CONFIG, bad_url, "the database URL does not start with postgresql://");
        buf_str(out, url);
        return true;
    }
    const char *rest = url + scheme;
    size_t n = strcspn(rest, "?");
    if (!check_authority(rest, n, err))
        return false;
    buf_str(out, "postgresql://");
    buf_add(out, rest, n);
    bool first = true;
    for (const char *p = rest + n; *p;) {
        p++;
        size_t length = strcspn(p, "&");
        if (length)
            add_parameter(out, p, length, &first);
        p += length;
    }
    while (out->len && isspace((unsigned char)out->data[out->len - 1]))
        out->data[--out->len] = '\0';
    return true;
}

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artsync/ascii.h"
#include "artsync/config.h"
#include "artsync/file.h"
#include "artsync/log.h"
#include "artsync/pg.h"
#include "artsync/shell.h"
#include "artsync/utf8.h"

enum { ENV_MAX_BYTES = 1024 * 1024 };

typedef struct Parser {
    const char *at, *end; /* of the current line */
    const char *path;
    int line;
    EnvFile *out;
    Err *err;
} Parser;

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool is_key(char c, bool first)
{
    return ascii_letter(c) || c == '_' || (!first && ascii_digit(c));
}

static bool fault(Parser *p, const char *hint, const char *what)
{
    return err_set(p->err, ERR_CONFIG, hint, "%s, line %d: %s", p->path, p->line, what);
}

static void skip_blanks(Parser *p)
{
    while (p->at < p->end && is_blank(*p->at))
        p->at++;
}

static bool parse_quoted(Parser *p, Buf *value)
{
    const char quote = *p->at++;
    while (p->at < p->end && *p->at != quote) {
        if (quote == '"' && *p->at == '\\' && p->at + 1 < p->end && strchr("\"\\$`", p->at[1]))
            p->at++;
        buf_char(value, *p->at++);
    }
    if (p->at == p->end)
        return fault(p, "end the value with the quote it began with, on the same line", "a quoted value does not end");
    p->at++;
    const char *after = p->at;
    skip_blanks(p);
    if (p->at < p->end && (*p->at != '#' || p->at == after))
        return fault(p, "quote the whole value, or nothing of it", "something follows the closing quote");
    return true;
}

static void parse_bare(Parser *p, Buf *value)
{
    const char *start = p->at, *stop = p->at;
    for (; p->at < p->end; p->at++) {
        if (*p->at == '#' && (p->at == start || is_blank(p->at[-1])))
            break;
        if (!is_blank(*p->at))
            stop = p->at + 1;
    }
    buf_add(value, start, (size_t)(stop - start));
}

static bool parse_value(Parser *p, const char *key)
{
    Buf value = {0};
    buf_reserve(&value, 1);
    skip_blanks(p);
    bool ok = true;
    if (p->at < p->end && (*p->at == '"' || *p->at == '\''))
        ok = parse_quoted(p, &value);
    else
        parse_bare(p, &value);
    if (ok) {
        EnvFile *out = p->out;
        ARRAY_RESERVE(out->items, out->n, out->cap);
        out->items[out->n++] = (EnvEntry){key, arena_strn(&out->arena, value.data, value.len), p->line};
    }
    buf_free(&value);
    return ok;
}

static bool parse_line(Parser *p)
{
    static const char word[] = "export";
    const char *hint = "write KEY=value; lines that begin with # are comments";
    skip_blanks(p);
    if (p->at == p->end || *p->at == '#')
        return true;
    if ((size_t)(p->end - p->at) >= sizeof word && memcmp(p->at, word, sizeof word - 1) == 0 &&
        is_blank(p->at[sizeof word - 1])) {
        p->at += sizeof word;
        skip_blanks(p);
    }
    const char *key = p->at;
    while (p->at < p->end && is_key(*p->at, p->at == key))
        p->at++;
    size_t n = (size_t)(p->at - key);
    skip_blanks(p);
    if (n == 0 || p->at == p->end || *p->at != '=')
        return fault(p, hint, "this is not a KEY=value line");
    p->at++;
    return parse_value(p, arena_strn(&p->out->arena, key, n));
}

bool env_parse(Str text, const char *path, EnvFile *out, Err *err)
{
    static const char bom[] = "\xEF\xBB\xBF";
    out->path = arena_str(&out->arena, path);
    Parser p = {.path = out->path, .out = out, .err = err};
    const char *at = text.p, *end = text.p + text.n;
    if (text.n >= 3 && memcmp(at, bom, 3) == 0)
        at += 3;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        p.line++;
        p.at = at;
        p.end = newline ? newline : end;
        at = newline ? newline + 1 : end;
        if (p.end > p.at && p.end[-1] == '\r')
            p.end--;
        if (p.at + strnlen(p.at, (size_t)(p.end - p.at)) != p.end)
            return fault(&p, "save it as plain UTF-8 text", "it holds a NUL byte");
        if (!parse_line(&p))
            return false;
    }
    return true;
}

bool env_has_password(const char *url)
{
    const char *scheme = strstr(url, "://");
    if (strstr(url, "password"))
        return true;
    if (!scheme)
        return false;
    const char *host = scheme + 3;
    const char *colon = strchr(host, ':'), *at = strchr(host, '@');
    return colon && at && colon < at;
}

bool env_holds_secret(const EnvFile *file)
{
    for (int i = 0; i < file->n; i++) {
        bool secret =
            strcmp(file->items[i].key, "PGPASSWORD") == 0 || strcmp(file->items[i].key, "ARTSYNC_MASK_KEY") == 0;
        if (secret && *file->items[i].value)
            return true;
        if (strstr(file->items[i].key, "DATABASE_URL") && env_has_password(file->items[i].value))
            return true;
    }
    return false;
}

/* Keys that look like ours, or nearly like one of libpq's, and are neither: most likely a typing error. All others
 * belong to other programs. */
static void warn_unknown(const EnvFile *file, const char *const *known)
{
    static const char own[] = "ARTSYNC_";
    static const char *const connection[] = {"PGHOST",    "PGPORT",    "PGDATABASE", "PGUSER",      "PGPASSWORD",
                                             "PGPASSFILE", "PGSERVICE", "PGSSLMODE",  "DATABASE_URL", NULL};
    for (int i = 0; i < file->n; i++) {
        const char *key = file->items[i].key, *nearest = NULL;
        bool is_own = strncmp(key, own, sizeof own - 1) == 0;
        bool found = pg_is_variable(key);
        size_t best = is_own ? 4 : 3;
        for (const char *const *k = is_own ? known : connection; !found && *k; k++) {
            size_t distance = utf8_distance(str_of(key), str_of(*k), best);
            found = distance == 0;
            if (distance < best) {
                best = distance;
                nearest = *k;
            }
        }
        if (!found && (is_own || nearest))
            log_warning("%s, line %d: unknown setting %s%s%s%s", file->path, file->items[i].line, key,
                        nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    }
}

/* A file that artsync finds by itself decides where the data goes: it may only be one that the user, or root, wrote. */
static bool check_trust(const char *name, const struct stat *file, Err *err)
{
    struct stat link;
    uid_t owner = file->st_uid;
    if (lstat(name, &link) == 0 && S_ISLNK(link.st_mode) && link.st_uid != geteuid() && link.st_uid != 0)
        owner = link.st_uid;
    if (owner != geteuid() && owner != 0)
        return err_set(err, ERR_CONFIG, "if you trust it: --env-file .env", "%s belongs to another user (id %lu)", name,
                       (unsigned long)owner);
    if (file->st_mode & (S_IWGRP | S_IWOTH))
        return err_set(err, ERR_CONFIG, "chmod go-w .env; or, if you trust it: --env-file .env",
                       "other users can write %s", name);
    return true;
}

static bool read_and_parse(const char *path, const char *name, struct stat *info, EnvFile *out, Err *err)
{
    Buf text = {0};
    Err why = {0};
    bool ok = file_read_stat(name, ENV_MAX_BYTES, &text, info, &why)
                  ? (path || check_trust(name, info, err)) && env_parse(buf_view(&text), name, out, err)
                  : err_set(err, ERR_CONFIG, why.hint, "%s", why.message);
    err_clear(&why);
    buf_free(&text);
    return ok;
}

bool env_read(const char *path, const char *const *known, EnvFile *out, Err *err)
{
    struct stat st;
    const char *name = path ? path : ".env";
    *out = (EnvFile){0};
    if (!*name)
        return err_set(err, ERR_USAGE, NULL, "--env-file is empty");
    if (stat(name, &st) != 0) {
        if (!path && (errno == ENOENT || errno == ENOTDIR))
            return true;
        return err_set(err, errno == ENOENT ? ERR_MISSING : ERR_CONFIG, path ? "check --env-file" : NULL, "%s: %s",
                       name, strerror(errno));
    }
    if (!path && S_ISDIR(st.st_mode)) /* some tools keep a folder of that name */
        return true;
    if (!read_and_parse(path, name, &st, out, err))
        return false;
    if ((st.st_mode & (S_IRGRP | S_IROTH)) && env_holds_secret(out)) {
        Arena arena = {0};
        log_warning("%s holds a password and others can read it: %s", name, command_on_file(&arena, "chmod 600", name));
        arena_free(&arena);
    }
    warn_unknown(out, known);
    return true;
}

void env_export(const EnvFile *file)
{
    for (int i = 0; i < file->n; i++) {
        const char *key = file->items[i].key, *value = env_find(file, key)->value, *given = getenv(key);
        if (*value && pg_is_variable(key) && !(given && *given))
            setenv(key, value, 1);
    }
}

const EnvEntry *env_find(const EnvFile *file, const char *key)
{
    for (int i = file->n - 1; i >= 0; i--)
        if (strcmp(file->items[i].key, key) == 0)
            return &file->items[i];
    return NULL;
}

void env_free(EnvFile *file)
{
    free(file->items);
    arena_free(&file->arena);
    *file = (EnvFile){0};
}

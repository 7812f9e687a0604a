/* options.c - where to connect to: the url, service file and environment as libpq reads them, and our own defaults. */
#include "options.h"

#include <stdlib.h>

#include "private.h"

void options_set(Options *options, const char *key, const char *value)
{
    for (int i = 0; i < options->n; i++) {
        if (strcmp(options->keys[i], key) == 0) {
            free(options->values[i]);
            options->values[i] = mem_dup(value);
            return;
        }
    }
    if (options->n + 1 >= options->cap) {
        options->cap = options->cap ? options->cap * 2 : 32;
        options->keys = mem_grow(options->keys, (size_t)options->cap, sizeof *options->keys);
        options->values = mem_grow(options->values, (size_t)options->cap, sizeof *options->values);
    }
    options->keys[options->n] = mem_dup(key);
    options->values[options->n++] = mem_dup(value);
    options->keys[options->n] = options->values[options->n] = NULL;
}

void options_free(Options *options)
{
    for (int i = 0; i < options->n; i++) {
        free(options->keys[i]);
        free(options->values[i]);
    }
    free(options->keys);
    free(options->values);
    *options = (Options){0};
}

/* libpq quotes what it could not read, which may be the password: its message is used only where there can be none. */
static bool unreadable(const char *url, const char *message, Err *err)
{
    bool secret = strchr(url, '@') || strstr(url, "pass");
    size_t n = secret ? strcspn(message, "\"") : strcspn(message, "\n");
    while (n && (message[n - 1] == ' ' || message[n - 1] == ':' || message[n - 1] == '\n'))
        n--;
    return err_set(err, ERR_CONFIG,
                   "write postgresql://user:password@host:port/database (special characters of the password as %XX) or "
                   "key=value pairs",
                   "the database connection string cannot be read: %.*s", (int)n, message);
}

bool options_parse(const char *url, Options *options, Err *err)
{
    Buf text = {0};
    char *message = NULL;
    bool ok = pg_url_normalize(url, &text, err);
    PQconninfoOption *parsed = ok ? PQconninfoParse(text.data ? text.data : "", &message) : NULL;
    if (ok && !parsed)
        ok = unreadable(text.data, message ? message : "out of memory", err);
    for (PQconninfoOption *o = parsed; o && o->keyword; o++) {
        if (o->val && *o->val)
            options_set(options, o->keyword, o->val);
    }
    PQconninfoFree(parsed);
    PQfreemem(message);
    buf_free(&text);
    return ok;
}

/* ---- defaults ---- */

const char *option_find(const PQconninfoOption *info, const char *key)
{
    for (; info && info->keyword; info++) {
        if (strcmp(info->keyword, key) == 0)
            return info->val && *info->val ? info->val : NULL;
    }
    return NULL;
}

/* Ours where neither url, service file nor environment say anything. */
static const struct {
    const char *key;
    const char *unset; /* libpq's own default: counts as nothing said */
    int number;
    const char *text;
} defaults[] = {
    {"connect_timeout", NULL, CONNECT_TIMEOUT, NULL},   {"target_session_attrs", "any", 0, "read-write"},
    {"keepalives_idle", NULL, KEEPALIVES_IDLE, NULL},   {"keepalives_interval", NULL, KEEPALIVES_INTERVAL, NULL},
    {"keepalives_count", NULL, KEEPALIVES_COUNT, NULL}, {"tcp_user_timeout", NULL, TCP_USER_TIMEOUT_MS, NULL},
};

static bool options_have(const Options *options, const char *key)
{
    for (int i = 0; i < options->n; i++) {
        if (strcmp(options->keys[i], key) == 0)
            return true;
    }
    return false;
}

void options_add_defaults(Options *options, const PQconninfoOption *info)
{
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        const char *known = option_find(info, defaults[i].key);
        bool unset = !known || (defaults[i].unset && strcmp(known, defaults[i].unset) == 0);
        if (unset && !options_have(options, defaults[i].key))
            options_set(options, defaults[i].key, defaults[i].text ? defaults[i].text : PG_INT(defaults[i].number));
    }
}

/* ---- what libpq makes of it ---- */

/* What libpq makes of it all: url, service file, environment, its defaults. Only a connection object knows the service
 * file, so one is made to ask it; it has sent nothing to a server yet. */
PQconninfoOption *options_effective(const Options *options, Err *err)
{
    PQconninfoOption *info;
    if (options_have(options, "service") || getenv("PGSERVICE")) {
        PGconn *conn =
            PQconnectStartParams((const char *const *)options->keys, (const char *const *)options->values, 0);
        info = conn ? PQconninfo(conn) : NULL;
        if (conn && PQstatus(conn) == CONNECTION_BAD && strstr(PQerrorMessage(conn), "service")) {
            pg_error_connect("the service", NULL, PQerrorMessage(conn), err);
            PQconninfoFree(info);
            info = NULL;
        }
        PQfinish(conn);
    } else {
        info = PQconndefaults();
        for (PQconninfoOption *o = info; o && o->keyword; o++) {
            for (int i = 0; i < options->n; i++) {
                if (strcmp(o->keyword, options->keys[i]) == 0) {
                    free(o->val); /* PQconninfoFree uses free as well */
                    o->val = mem_dup(options->values[i]);
                }
            }
        }
    }
    if (!info)
        err_set(err, ERR_CONNECT, NULL, "libpq cannot determine where to connect");
    return info;
}

/* ---- several hosts ---- */

int host_list_length(const char *list)
{
    int n = 1;
    for (; list && *list; list++)
        n += *list == ',';
    return n;
}

static char *list_item(const char *list, int i)
{
    while (i-- > 0 && list)
        list = (list = strchr(list, ',')) ? list + 1 : NULL;
    if (!list)
        return mem_dup("");
    size_t n = strcspn(list, ",");
    char *item = mem_alloc(n + 1);
    memcpy(item, list, n);
    return item;
}

void options_pick_host(Options *options, const PQconninfoOption *info, int i)
{
    static const char *const keys[] = {"host", "hostaddr", "port"};
    for (size_t k = 0; k < 3; k++) {
        const char *list = option_find(info, keys[k]);
        if (!list)
            continue;
        /* one port may represent all hosts */
        char *item = list_item(list, k == 2 && host_list_length(list) == 1 ? 0 : i);
        options_set(options, keys[k], item);
        free(item);
    }
}

bool options_check_port(const char *port, Err *err)
{
    if (!port || strspn(port, "0123456789,") == strlen(port))
        return true;
    return err_set(
        err, ERR_CONFIG,
        "write postgresql://user:password@host:port/database, with special characters of the password as %XX",
        "the port in the database connection string is not a number");
}

/* Connecting: libpq's rules for hosts, services and passwords, our limits of time, no secret in any message. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/clock.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "private.h"

/* Keywords and values for PQconnectStartParams. */
typedef struct Options {
    char **keys, **values;
    int n, cap;
} Options;

static void options_set(Options *options, const char *key, const char *value)
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

static void options_free(Options *options)
{
    for (int i = 0; i < options->n; i++) {
        free(options->keys[i]);
        free(options->values[i]);
    }
    free(options->keys);
    free(options->values);
    *options = (Options){0};
}

/* libpq quotes what it could not read, which may be the password: its words only where there can be none. */
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

static bool parse(const char *url, Options *options, Err *err)
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

static const char *find(const PQconninfoOption *info, const char *key)
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

static bool said(const Options *options, const char *key)
{
    for (int i = 0; i < options->n; i++) {
        if (strcmp(options->keys[i], key) == 0)
            return true;
    }
    return false;
}

static void add_defaults(Options *options, const PQconninfoOption *info)
{
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        const char *known = find(info, defaults[i].key);
        bool unset = !known || (defaults[i].unset && strcmp(known, defaults[i].unset) == 0);
        if (unset && !said(options, defaults[i].key))
            options_set(options, defaults[i].key, defaults[i].text ? defaults[i].text : PG_INT(defaults[i].number));
    }
}

/* ---- one host ---- */

static void set_where(Buf *where, const char *database, const char *host, const char *port, const char *user)
{
    buf_clear(where);
    buf_printf(where, "%s on %s:%s as %s", database && *database ? database : "(no database)",
               host && *host ? host : "localhost", port && *port ? port : "5432", user && *user ? user : "(no user)");
}

static int64_t seconds_now(void) { return clock_ms() / 1000; }

static bool wait_for_socket(PGconn *conn, PostgresPollingStatusType wanted, int64_t deadline, bool *late, Err *err)
{
    for (;;) {
        if (!interrupt_check(err))
            return false;
        bool hurry = interrupt_at() != 0; /* here only where signals are held */
        if (hurry && deadline > interrupt_at() / 1000 + SIGNAL_COMMIT_TIMEOUT_S)
            deadline = interrupt_at() / 1000 + SIGNAL_COMMIT_TIMEOUT_S;
        int64_t left = deadline - seconds_now();
        if (left <= 0) {
            *late = true;
            return false;
        }
        struct pollfd fds[2] = {
            {.fd = PQsocket(conn), .events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT},
            {.fd = interrupt_fd(), .events = POLLIN},
        };
        int n = poll(fds, 2, progress_pause(left > 3600 ? 3600000 : (int)left * 1000));
        if (n < 0 && errno != EINTR)
            return err_set(err, ERR_CONNECT, NULL, "cannot wait for the server: %s", strerror(errno));
        if (n > 0 && fds[0].revents)
            return true;
    }
}

/* The asynchronous calls know no connect_timeout; it counts anew for each address that a host name represents. */
static bool poll_connection(PGconn *conn, int timeout, const char *where, Err *err)
{
    char address[64] = "";
    int64_t deadline = 0;
    PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
    while (PQstatus(conn) != CONNECTION_BAD) {
        const char *now = PQhostaddr(conn);
        if (!deadline || strncmp(now ? now : "", address, sizeof address - 1) != 0) {
            snprintf(address, sizeof address, "%s", now ? now : "");
            deadline = seconds_now() + timeout;
        }
        bool late = false;
        if (!wait_for_socket(conn, wanted, deadline, &late, err))
            return late ? pg_error_connect(where, NULL, "timeout expired", err) : false;
        wanted = PQconnectPoll(conn);
        if (wanted == PGRES_POLLING_OK)
            return true;
        if (wanted == PGRES_POLLING_FAILED)
            break;
    }
    return pg_error_connect(where, NULL, PQerrorMessage(conn), err);
}

static int timeout_of(const PQconninfoOption *info)
{
    const char *text = find(info, "connect_timeout");
    long seconds = text ? strtol(text, NULL, 10) : CONNECT_TIMEOUT;
    return seconds <= 0          ? 24 * 3600
           : seconds < 2         ? 2
           : seconds > 24 * 3600 ? 24 * 3600
                                 : (int)seconds; /* 0: for ever */
}

/* ---- several hosts: each gets its own limit of time, which libpq's asynchronous calls cannot give ---- */

static int list_length(const char *list)
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

static void pick_host(Options *options, const PQconninfoOption *info, int i)
{
    static const char *const keys[] = {"host", "hostaddr", "port"};
    for (size_t k = 0; k < 3; k++) {
        const char *list = find(info, keys[k]);
        if (!list)
            continue;
        /* one port may represent all hosts */
        char *item = list_item(list, k == 2 && list_length(list) == 1 ? 0 : i);
        options_set(options, keys[k], item);
        free(item);
    }
}

static bool check_port(const char *port, Err *err)
{
    if (!port || strspn(port, "0123456789,") == strlen(port))
        return true;
    return err_set(
        err, ERR_CONFIG,
        "write postgresql://user:password@host:port/database, with special characters of the password as %XX",
        "the port in the database connection string is not a number");
}

/* Try host after host; the first that takes writes wins. The error of the last one stays. */
static bool try_hosts(PGconn **conn, const Options *given, const PQconninfoOption *info, const char *session, Err *err)
{
    int hosts = list_length(find(info, "hostaddr") ? find(info, "hostaddr") : find(info, "host"));
    Buf where = {0};
    bool ok = false;
    for (int i = 0; i < hosts && !ok; i++) {
        Options options = {0};
        for (int k = 0; k < given->n; k++)
            options_set(&options, given->keys[k], given->values[k]);
        if (hosts > 1)
            pick_host(&options, info, i);
        add_defaults(&options, info);
        if (session)
            options_set(&options, "target_session_attrs", session);
        *conn = PQconnectStartParams((const char *const *)options.keys, (const char *const *)options.values, 0);
        if (!*conn) {
            options_free(&options);
            err_set(err, ERR_CONNECT, NULL, "out of memory");
            break;
        }
        PQconninfoOption *final = PQconninfo(*conn);
        if (!final)
            mem_exhausted();
        set_where(&where, PQdb(*conn), PQhost(*conn), PQport(*conn), PQuser(*conn));
        if (err->code != ERR_INTERRUPTED && err->code != ERR_TERMINATED)
            err_clear(err);
        ok = poll_connection(*conn, timeout_of(final), where.data, err);
        PQconninfoFree(final);
        options_free(&options);
        if (!ok) {
            PQfinish(*conn);
            *conn = NULL;
        }
        if (err->code == ERR_INTERRUPTED || err->code == ERR_TERMINATED)
            break;
    }
    buf_free(&where);
    return ok;
}

/* What libpq makes of it all: url, service file, environment, its defaults. Only a connection object knows the service
 * file, so one is made to ask it; it has sent nothing to a server yet. */
static PQconninfoOption *effective(const Options *options, Err *err)
{
    PQconninfoOption *info;
    if (said(options, "service") || getenv("PGSERVICE")) {
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

/* `session`: the target_session_attrs, whatever the url says; NULL: as it says. */
static bool establish(PGconn **conn, const char *url, const char *application_name, const char *session, Err *err)
{
    Options options = {0};
    bool ok = parse(url ? url : "", &options, err);
    if (ok) {
        options_set(&options, "application_name", application_name);
        options_set(&options, "client_encoding", "UTF8");
    }
    PQconninfoOption *info = ok ? effective(&options, err) : NULL;
    ok = info && check_port(find(info, "port"), err);
    if (ok) {
        const char *wanted = session ? session : find(info, "target_session_attrs");
        /* host by host, a preference means: first all hosts for it, then all hosts without it */
        bool prefer = wanted && strcmp(wanted, "prefer-standby") == 0;
        ok = try_hosts(conn, &options, info, prefer ? "standby" : session, err);
        if (!ok && prefer && err->code == ERR_CONNECT)
            ok = try_hosts(conn, &options, info, "any", err);
    }
    PQconninfoFree(info);
    options_free(&options);
    return ok;
}

/* ---- the interface ---- */

bool pg_open_session(Pg **out, const char *url, const char *application_name, const char *session, Err *err)
{
    PGconn *conn = NULL;
    *out = NULL;
    if (!establish(&conn, url, application_name, session, err))
        return false;
    Pg *pg = mem_alloc(sizeof *pg);
    Buf where = {0};
    set_where(&where, PQdb(conn), PQhost(conn), PQport(conn), PQuser(conn));
    *pg = (Pg){.conn = conn,
               .description = where.data,
               .application_name = mem_dup(application_name),
               .url = url ? mem_dup(url) : NULL,
               .timeout_s = TIMEOUT_S};
    PQsetNoticeReceiver(conn, pg_notice, NULL);
    const char *version = PQparameterStatus(conn, "server_version");
    if (PQserverVersion(conn) < SERVER_OLDEST)
        err_set(err, ERR_CONNECT, "artsync needs PostgreSQL 14 or later", "%s: the server is PostgreSQL %s",
                pg->description, version ? version : "of an unknown version");
    else if (PQsetnonblocking(conn, 1) != 0)
        err_set(err, ERR_CONNECT, NULL, "%s: %s", pg->description, PQerrorMessage(conn));
    else
        charset_open(&pg->charset, pg_encoding(pg), err);
    if (err->code != ERR_NONE) {
        pg_close(pg);
        return false;
    }
    *out = pg;
    return true;
}

void pg_close(Pg *pg)
{
    if (!pg)
        return;
    if (PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
        pg_cancel_and_drain(pg);
    PQfinish(pg->conn);
    free(pg->description);
    free(pg->application_name);
    free(pg->url);
    free(pg->path);
    buf_free(&pg->indexes);
    buf_free(&pg->copy);
    charset_close(pg->charset);
    arena_free(&pg->shown);
    free(pg);
}

bool pg_reconnect(Pg *pg, Err *err)
{
    Pg *fresh;
    if (!pg_open_session(&fresh, pg->url, pg->application_name, NULL, err))
        return false;
    Pg old = *pg;
    *pg = *fresh;
    *fresh = old;
    fresh->lost = true;
    pg_close(fresh);
    return true;
}

const char *pg_describe(const Pg *pg) { return pg->description; }

const char *pg_database(const Pg *pg) { return PQdb(pg->conn); }

const char *pg_encoding(const Pg *pg)
{
    const char *name = PQparameterStatus(pg->conn, "server_encoding");
    return name ? name : "UTF8";
}

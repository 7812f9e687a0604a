/* Connecting: libpq's rules for hosts, services and passwords, our limits of time, no secret in any message. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "artsync/clock.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "options.h"
#include "private.h"

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

/* The asynchronous calls know no connect_timeout; it starts again for each address that a host name represents. */
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
    const char *text = option_find(info, "connect_timeout");
    long seconds = text ? strtol(text, NULL, 10) : CONNECT_TIMEOUT;
    return seconds <= 0          ? 24 * 3600
           : seconds < 2         ? 2
           : seconds > 24 * 3600 ? 24 * 3600
                                 : (int)seconds; /* 0: for ever */
}

/* ---- several hosts: each gets its own limit of time, which libpq's asynchronous calls cannot give ---- */

/* Try host after host; the first that takes writes is used. The error of the last one stays. */
static bool try_hosts(PGconn **conn, const Options *given, const PQconninfoOption *info, const char *session, Err *err)
{
    int hosts =
        host_list_length(option_find(info, "hostaddr") ? option_find(info, "hostaddr") : option_find(info, "host"));
    Buf where = {0};
    bool ok = false;
    for (int i = 0; i < hosts && !ok; i++) {
        Options options = {0};
        for (int k = 0; k < given->n; k++)
            options_set(&options, given->keys[k], given->values[k]);
        if (hosts > 1)
            options_pick_host(&options, info, i);
        options_add_defaults(&options, info);
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

/* `session`: the target_session_attrs, whatever the url says; NULL: as it says. */
static bool establish(PGconn **conn, const char *url, const char *application_name, const char *session, Err *err)
{
    Options options = {0};
    bool ok = options_parse(url ? url : "", &options, err);
    if (ok) {
        options_set(&options, "application_name", application_name);
        options_set(&options, "client_encoding", "UTF8");
    }
    PQconninfoOption *info = ok ? options_effective(&options, err) : NULL;
    ok = info && options_check_port(option_find(info, "port"), err);
    if (ok) {
        const char *wanted = session ? session : option_find(info, "target_session_attrs");
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

bool pg_address_is_local(const struct sockaddr_storage *address)
{
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (address->ss_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    if (address->ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
    return address->ss_family == AF_UNIX;
}

bool pg_is_local(const Pg *pg)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    return getpeername(PQsocket(pg->conn), (struct sockaddr *)&peer, &size) == 0 && pg_address_is_local(&peer);
}

const char *pg_encoding(const Pg *pg)
{
    const char *name = PQparameterStatus(pg->conn, "server_encoding");
    return name ? name : "UTF8";
}

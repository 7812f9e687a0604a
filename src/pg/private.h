/* private.h - what the files of pg/ share: the connection, waiting, and turning results into errors. */
#ifndef ARTSYNC_PG_PRIVATE_H
#define ARTSYNC_PG_PRIVATE_H

#include <libpq-fe.h>

#include "artsync/charset.h"
#include "artsync/pg.h"

/* Every limit of time in one place. Seconds, unless the name says otherwise. */
enum {
    CONNECT_TIMEOUT = 10,        /* per host */
    TCP_USER_TIMEOUT_MS = 60000, /* unacknowledged bytes end the connection */
    KEEPALIVES_IDLE = 30,
    KEEPALIVES_INTERVAL = 10,
    KEEPALIVES_COUNT = 5,
    LOCK_TIMEOUT = 30,
    STATEMENT_TIMEOUT = 30 * 60,
    IDLE_TIMEOUT = 30 * 60,         /* idle_in_transaction_session_timeout */
    CONNECTION_CHECK_INTERVAL = 10, /* how soon the server notices that this process ended */
    TIMEOUT_S = 31 * 60,             /* no byte from the server for so long: lost. More than STATEMENT_TIMEOUT */
    CANCEL_TIMEOUT_S = 5,            /* for the cancel request itself */
    REFUSE_TIMEOUT_S = 1,            /* for a COPY that was cancelled to end by itself */
    DRAIN_TIMEOUT_S = 10,            /* for the cancelled statement to end, and for ROLLBACK */
    NOTE_TIMEOUT = 60,              /* a statement of the log (PG_TX_NOTE) */
    LAST_LOCK_TIMEOUT = 5,          /* the log of a run that failed (PG_TX_LAST): lock, statement, answer */
    LAST_TIMEOUT = 8,
    LAST_TIMEOUT_S = 10,
    SIGNAL_TIMEOUT_S = 2,            /* after a signal: each answer */
    SIGNAL_COMMIT_TIMEOUT_S = 10,    /* after a signal: the answer to COMMIT */
    RESOLVE_CONNECT = 10,           /* after a lost COMMIT: until the server can be reached again */
    RESOLVE_PROGRESS = 30,          /* ... and until the lost transaction has ended */
};

enum { ENCRYPTED_WAIT_MS = 50, RESOLVE_WAIT_MS = 200 };

enum { COPY_CHUNK = 64 * 1024, SERVER_OLDEST = 140000 };

struct Pg {
    PGconn *conn;
    char *description;
    char *application_name;
    char *url;             /* as pg_open got it, to connect again; NULL: libpq's own rules */
    char xid[24];          /* of the open transaction, once it was asked for; else "" */
    char server[64];       /* when the server that gave the xid was started */
    char *path;            /* the database's own search_path (path.c), once this transaction has asked for it; else
                              NULL */
    int timeout_s;          /* seconds without progress */
    int64_t waiting_since; /* ms; 0: the server has just answered */
    bool ignore_signals;             /* signals do not end a wait, they shorten it: cancelling, ROLLBACK, COMMIT */
    bool committing;       /* the wait is for the answer to COMMIT */
    bool lost;             /* the connection is not usable any more */
    Buf indexes;           /* what pg_read_indexes runs; empty: there is no need */
    Buf copy;              /* bytes collected for the next CopyData */
    Charset *charset;      /* of the database; NULL: it takes every character */
    Arena shown;           /* parameters of the statement under way, as far as the database lacks characters */
};

struct PgRows {
    PGresult *result;
};

/* ---- connect.c, url.c ---- */

/* The url as libpq reads it: SQLAlchemy spellings mapped, foreign query parameters dropped. A url that cannot be
 * read is ERR_CONFIG without any part of it that could be a secret. */
bool pg_url_normalize(const char *url, Buf *out, Err *err);

/* pg_open with this target_session_attrs, whatever the url says (NULL: as it says), and without words on read-only. */
bool pg_open_session(Pg **out, const char *url, const char *application_name, const char *session, Err *err);

/* An address of a socket that only this machine can reach. */
struct sockaddr_storage;
bool pg_address_is_local(const struct sockaddr_storage *address);

/* ---- wait.c ---- */


/* Wait until the socket is readable (or, with `write`, writable), a signal (ERR_INTERRUPTED), or `timeout_s` without
 * either (ERR_LOST). Input is consumed. May return for nothing: callers look and wait again. */
bool pg_wait(Pg *pg, bool write, Err *err);
bool pg_flush(Pg *pg, Err *err);                   /* until everything is sent */
bool pg_next(Pg *pg, PGresult **result, Err *err); /* the next result, NULL after the last */

/* End whatever is under way: cancel, read to the end, within limits; else the connection counts as lost. */
void pg_cancel_and_drain(Pg *pg);

/* ---- error.c ---- */

bool pg_error_result(Pg *pg, const PGresult *result, const char *script, Err *err); /* script: for line numbers */
bool pg_error_lost(Pg *pg, Err *err);
bool pg_error_connect(const char *where, const char *sqlstate, const char *libpq_message, Err *err);
void pg_notice(void *pg, const PGresult *result);

/* ---- send.c ---- */

bool pg_ready(Pg *pg, Err *err); /* connected, and nothing under way */
bool pg_is_error(const PGresult *result);

/* Send one statement by the extended protocol, unnamed (poolers), or a script by the simple one. */
bool pg_send(Pg *pg, const char *sql, int n, const char *const *params, Err *err);
bool pg_send_script(Pg *pg, const char *sql, Err *err);
/* Read to the end; false if any result is an error, `script` as above. *last (may be NULL) gets the last result. */
bool pg_finish(Pg *pg, const char *script, PGresult **last, Err *err);

#endif

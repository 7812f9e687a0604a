/* err.h - the error that stops a run.
 *
 * Two channels are never mixed. An Err stops the run: its code is the exit status and main prints it once.
 * A bad cell or record is no Err: it goes to the report as a reject and the run goes on (record.h).
 *
 * Functions that can fail take `Err *err` last and return bool (true: done). Reporting an error *is* the return:
 *
 *     return err_set(err, ERR_CONFIG, "give it as --base DIR", "no base called %s", name);
 *
 * An Err that is set is never overwritten: the first cause is kept, callers may only add context in front of it.
 * Ownership: message and hint belong to the Err; err_clear frees them. A zeroed Err is "no error".
 */
#ifndef ARTSYNC_ERR_H
#define ARTSYNC_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define ART_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define ART_PRINTF(f, a)
#endif

/* What went wrong. Each code has one row in err.c: its name in --json and its exit status. */
typedef enum ErrCode {
    ERR_NONE = 0,
    ERR_USAGE,      /* bad option, unknown table or sync id                                   exit 2 */
    ERR_CONFIG,     /* bad base.json, bad setting                                             exit 2 */
    ERR_MISSING,    /* a file that has to be there is not                                     exit 2 */
    ERR_CONNECT,    /* no server, wrong password, unknown database                            exit 3 */
    ERR_PRIVILEGE,  /* the role may not do it                                                 exit 3 */
    ERR_SCHEMA,     /* tables missing, drifted or not migrated                                exit 3 */
    ERR_DATABASE,   /* the database refused a statement; nothing was changed                  exit 4 */
    ERR_LOST,       /* the connection broke before COMMIT                                     exit 4 */
    ERR_TIMEOUT,    /* a lock or statement took too long                                      exit 4 */
    ERR_CSV,        /* malformed file: quoting, encoding, NUL, changed while read             exit 4 */
    ERR_HEADER,     /* a header that is required is missing, or two match one column          exit 4 */
    ERR_LIMIT,      /* too many refusals, a cell too big                                      exit 4 */
    ERR_GUARD,      /* --max-rejects, --max-deactivate, an empty export                       exit 4 */
    ERR_REFUSED,    /* archive phase, a refused phase move, a second rollback, --strict       exit 4 */
    ERR_IO,         /* a file could not be read or written                                    exit 4 */
    ERR_BUSY,       /* another sync is running                                                exit 5 */
    ERR_UNKNOWN,    /* the connection broke during COMMIT and could not be resolved           exit 6 */
    ERR_INTERRUPTED,/* SIGINT                                                                 exit 130 */
    ERR_TERMINATED, /* SIGTERM                                                                exit 143 */
    ERR_COUNT
} ErrCode;

/* Exit statuses; what they mean is in exit_rows.c. */
typedef enum ExitStatus {
    EXIT_DONE = 0,
    EXIT_ATTENTION = 1,
    EXIT_USAGE = 2,
    EXIT_DATABASE = 3,
    EXIT_REFUSED = 4,
    EXIT_BUSY = 5,
    EXIT_UNKNOWN = 6,
    EXIT_INTERRUPTED = 130,
    EXIT_TERMINATED = 143
} ExitStatus;

typedef struct Err {
    ErrCode code;
    char constraint[64]; /* the constraint or index that refused a row, by PostgreSQL; else "" */
    char sqlstate[6]; /* "" unless PostgreSQL said it */
    bool refusal;     /* the database refused what a statement wrote; see pg_refusal */
    bool raised;      /* a function raised it on purpose: the SQLSTATE is its own choice */
    char *message;    /* what happened, with file, record, line, column and value where there are any */
    char *hint;       /* what to do about it, or NULL */
} Err;

/* Set the error unless one is set already. `hint` may be NULL. Returns false, always. */
bool err_set(Err *err, ErrCode code, const char *hint, const char *format, ...) ART_PRINTF(4, 5);

/* Put "context: " in front of the message of an error that is set; does nothing otherwise. Returns false, always. */
bool err_context(Err *err, const char *format, ...) ART_PRINTF(2, 3);

/* Remember PostgreSQL's five-character SQLSTATE. Returns false, always. */
bool err_sqlstate(Err *err, const char *sqlstate);

/* Set the error as a refusal of the database that it did not report itself: what was written did not arrive. Returns
 * false, always. */
bool err_refusal(Err *err, const char *message);

/* Forget the error, so that the Err can be used again. */
void err_clear(Err *err);

/* The stable name of a code as --json prints it ("config", "csv", "busy" ...). */
const char *err_name(ErrCode code);

/* The exit status that a code maps to; EXIT_DONE for ERR_NONE. */
ExitStatus err_status(ErrCode code);

#endif

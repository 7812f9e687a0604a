/* Waiting for the server, never without an end: a signal and a deadline end every wait. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "artsync/clock.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "private.h"

/* A signal came: end the statement on the server, then say so. */
static bool stop_for_signal(Pg *pg, Err *err)
{
    pg_cancel_and_drain(pg);
    return interrupt_check(err) ? err_set(err, ERR_INTERRUPTED, NULL, "interrupted; nothing was changed") : false;
}

static bool fail_timeout(Pg *pg, Err *err)
{
    pg->lost = true;
    return err_set(
        err, ERR_LOST,
        "the server or the network hangs, or a connection pooler has no free connection; nothing was committed",
        "%s: no answer for %lld seconds", pg->description, (long long)((clock_ms() - pg->waiting_since) / 1000));
}

/* A signal shortens every wait, also those that it does not end at once: cancelling, ROLLBACK, COMMIT, the log. */
static int64_t deadline(const Pg *pg)
{
    int64_t end = pg->waiting_since + (int64_t)pg->timeout_s * 1000, signal = interrupt_at();
    if (!signal)
        return end;
    int64_t from = signal > pg->waiting_since ? signal : pg->waiting_since;
    int64_t hurried = from + (pg->committing ? SIGNAL_COMMIT_TIMEOUT_S : SIGNAL_TIMEOUT_S) * 1000;
    return hurried < end ? hurried : end;
}

static bool consume(Pg *pg, Err *err) { return PQconsumeInput(pg->conn) ? true : pg_error_lost(pg, err); }

/* Bytes may wait inside the TLS library, decrypted but not taken by libpq, while the socket has nothing more to read (a
 * pooler that writes big records does that). So an encrypted connection is read from time to time even if its socket is
 * not readable. */
bool pg_is_encrypted(const Pg *pg) { return PQsslInUse(pg->conn) || PQgssEncInUse(pg->conn); }

bool pg_wait(Pg *pg, bool write, Err *err)
{
    if (!pg->waiting_since)
        pg->waiting_since = clock_ms();
    for (;;) {
        Err none = {0};
        progress_tick();
        if (!pg->ignore_signals && !interrupt_check(&none)) {
            err_clear(&none);
            return stop_for_signal(pg, err);
        }
        struct pollfd fds[2] = {
            {.fd = PQsocket(pg->conn), .events = (short)(POLLIN | (write ? POLLOUT : 0))},
            {.fd = pg->ignore_signals && interrupt_at() ? -1 : interrupt_fd(), .events = POLLIN},
        };
        if (fds[0].fd < 0)
            return pg_error_lost(pg, err);
        int64_t left = deadline(pg) - clock_ms();
        int64_t longest = progress_pause(pg_is_encrypted(pg) ? ENCRYPTED_WAIT_MS : 3600000);
        if (left <= 0)
            return fail_timeout(pg, err);
        int n = poll(fds, 2, (int)(left < longest ? left : longest));
        if (n < 0 && errno != EINTR)
            return err_set(err, ERR_LOST, NULL, "cannot wait for the server: %s", strerror(errno));
        if (n == 0 && pg_is_encrypted(pg))
            return consume(pg, err); /* perhaps for nothing: waiting_since stays */
        if (n <= 0 || fds[1].revents)
            continue;
        pg->waiting_since = 0;
        if (fds[0].revents & ~POLLOUT) /* also POLLHUP and POLLERR: reading tells what it is */
            return consume(pg, err);
        return true;
    }
}

bool pg_flush(Pg *pg, Err *err)
{
    for (;;) {
        int left = PQflush(pg->conn);
        if (left == 0) {
            pg->waiting_since = 0;
            return true;
        }
        if (left < 0)
            return pg_error_lost(pg, err);
        if (!pg_wait(pg, true, err))
            return false;
    }
}

bool pg_next(Pg *pg, PGresult **result, Err *err)
{
    *result = NULL;
    while (PQisBusy(pg->conn)) {
        if (!pg_wait(pg, false, err))
            return false;
    }
    pg->waiting_since = 0;
    *result = PQgetResult(pg->conn);
    return true;
}

/* ---- cancelling ---- */

/* PQcancel opens a second connection and blocks, on a stopped server for ever: so it gets a thread and a limit. A
 * thread that does not end uses nothing but its own PGcancel. */
static void *cancel_thread(void *arg)
{
    PGcancel *cancel = arg;
    char message[256];
    PQcancel(cancel, message, sizeof message);
    PQfreeCancel(cancel);
    return NULL;
}

static void cancel(Pg *pg)
{
    PGcancel *handle = PQgetCancel(pg->conn);
    pthread_t thread;
    if (!handle)
        return;
    if (pthread_create(&thread, NULL, cancel_thread, handle) != 0) {
        PQfreeCancel(handle);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += interrupt_at() ? SIGNAL_TIMEOUT_S : CANCEL_TIMEOUT_S;
    if (pthread_timedjoin_np(thread, NULL, &until) != 0)
        pthread_detach(thread);
}

/* Read and drop all that still comes; COPY in either direction is ended first. */
static bool drain(Pg *pg, Err *err)
{
    bool refused = false;
    for (;;) {
        PGresult *result;
        if (!pg_flush(pg, err) || !pg_next(pg, &result, err))
            return false;
        if (!result)
            return true;
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_COPY_IN) { /* PQgetResult repeats it for ever unless the COPY was ended */
            if (refused || PQputCopyEnd(pg->conn, "cancelled by artsync") != 1)
                return pg_error_lost(pg, err);
            refused = true;
        }
        if (status == PGRES_COPY_OUT) {
            char *bytes;
            int n;
            while ((n = PQgetCopyData(pg->conn, &bytes, 1)) >= 0) {
                if (n > 0)
                    PQfreemem(bytes);
                else if (!pg_wait(pg, false, err))
                    return false;
            }
        }
    }
}

/* A COPY to the server is ended by PQputCopyEnd: a cancel may arrive so late that it ends the next statement instead.
 * Only a server that does not read is cancelled. */
static bool refuse_copy(Pg *pg)
{
    if (PQputCopyEnd(pg->conn, "cancelled by artsync") <= 0)
        return false; /* no COPY, or no space to say it */
    Err ignored = {0};
    pg->timeout_s = REFUSE_TIMEOUT_S;
    bool ended = drain(pg, &ignored);
    err_clear(&ignored);
    if (!ended && PQstatus(pg->conn) == CONNECTION_OK)
        pg->lost = false;
    return ended;
}

void pg_cancel_and_drain(Pg *pg)
{
    buf_clear(&pg->copy);
    if (pg->lost || PQtransactionStatus(pg->conn) != PQTRANS_ACTIVE)
        return;
    bool ignore_signals = pg->ignore_signals;
    int timeout_s = pg->timeout_s;
    pg->ignore_signals = true;
    pg->waiting_since = 0;
    if (!refuse_copy(pg) && !pg->lost) {
        Err ignored = {0};
        pg->timeout_s = DRAIN_TIMEOUT_S;
        pg->waiting_since = 0;
        cancel(pg);
        if (!drain(pg, &ignored))
            pg->lost = true;
        err_clear(&ignored);
    }
    pg->ignore_signals = ignore_signals;
    pg->timeout_s = timeout_s;
}

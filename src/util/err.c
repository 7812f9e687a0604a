#include "artsync/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/mem.h"

static const struct {
    const char *name;
    ExitStatus status;
} codes[ERR_COUNT] = {
    [ERR_NONE] = {"none", EXIT_DONE},
    [ERR_USAGE] = {"usage", EXIT_USAGE},
    [ERR_CONFIG] = {"config", EXIT_USAGE},
    [ERR_MISSING] = {"missing_file", EXIT_USAGE},
    [ERR_CONNECT] = {"connection", EXIT_DATABASE},
    [ERR_PRIVILEGE] = {"privilege", EXIT_DATABASE},
    [ERR_SCHEMA] = {"schema", EXIT_DATABASE},
    [ERR_DATABASE] = {"database", EXIT_REFUSED},
    [ERR_LOST] = {"connection_lost", EXIT_REFUSED},
    [ERR_TIMEOUT] = {"timeout", EXIT_REFUSED},
    [ERR_CSV] = {"csv", EXIT_REFUSED},
    [ERR_HEADER] = {"header", EXIT_REFUSED},
    [ERR_LIMIT] = {"limit", EXIT_REFUSED},
    [ERR_GUARD] = {"guard", EXIT_REFUSED},
    [ERR_REFUSED] = {"refused", EXIT_REFUSED},
    [ERR_IO] = {"io", EXIT_REFUSED},
    [ERR_BUSY] = {"busy", EXIT_BUSY},
    [ERR_UNKNOWN] = {"unknown_outcome", EXIT_UNKNOWN},
    [ERR_INTERRUPTED] = {"interrupted", EXIT_INTERRUPTED},
    [ERR_TERMINATED] = {"terminated", EXIT_TERMINATED},
};

static char *ART_PRINTF(1, 0) format_text(const char *format, va_list args)
{
    Buf buf = {0};
    buf_reserve(&buf, 64);
    buf_vprintf(&buf, format, args);
    return buf.data;
}

bool err_set(Err *err, ErrCode code, const char *hint, const char *format, ...)
{
    if (err->code != ERR_NONE)
        return false;
    va_list args;
    va_start(args, format);
    err->message = format_text(format, args);
    va_end(args);
    err->code = code;
    err->hint = hint ? mem_dup(hint) : NULL;
    return false;
}

bool err_context(Err *err, const char *format, ...)
{
    if (err->code == ERR_NONE)
        return false;
    va_list args;
    va_start(args, format);
    char *context = format_text(format, args);
    va_end(args);
    Buf whole = {0};
    buf_printf(&whole, "%s: %s", context, err->message);
    free(context);
    free(err->message);
    err->message = whole.data;
    return false;
}

bool err_sqlstate(Err *err, const char *sqlstate)
{
    if (sqlstate)
        snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
    return false;
}

bool err_refusal(Err *err, const char *message)
{
    if (err->code == ERR_NONE) {
        err_sqlstate(err, "P0001"); /* as a trigger's */
        err->refusal = true;
    }
    return err_set(err, ERR_DATABASE, NULL, "%s", message);
}

void err_clear(Err *err)
{
    free(err->message);
    free(err->hint);
    *err = (Err){0};
}

const char *err_name(ErrCode code) { return codes[code].name; }

ExitStatus err_status(ErrCode code) { return codes[code].status; }

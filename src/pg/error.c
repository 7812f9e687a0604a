/* From an error of the server or of libpq to an Err: one table from SQLSTATE to code and hint. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/interrupt.h"
#include "artsync/log.h"
#include "private.h"

/* The first row whose prefix fits decides. */
static const struct {
    const char *prefix;
    ErrCode code;
    const char *hint; /* where the server gives none */
} sqlstates[] = {
    {"08", ERR_LOST, NULL},
    {"57P01", ERR_LOST, "the server was shut down or an administrator ended the connection; run it again"},
    {"57P02", ERR_LOST, "the server crashed; run it again once it is up"},
    {"57P03", ERR_LOST, "the server is starting up or shutting down; try again in a moment"},
    {"57P05", ERR_LOST, "the server ended an idle connection (idle_session_timeout)"},
    {"25P03", ERR_LOST, "the server ended an idle transaction (idle_in_transaction_session_timeout)"},
    {"25P04", ERR_LOST, "the server ended a long transaction (transaction_timeout)"},
    {"57014", ERR_TIMEOUT,
     "the statement ran for too long or was cancelled on the server; run it again when there is less load"},
    {"55P03", ERR_TIMEOUT, "another session holds a lock; see pg_stat_activity, then run it again"},
    {"42501", ERR_PRIVILEGE,
     "connect as the owner of the tables, or grant this role what it lacks (row-level security counts too)"},
    {"25006", ERR_PRIVILEGE,
     "the role or the server is read-only: see default_transaction_read_only, or connect to the primary"},
    {"28", ERR_CONNECT, "check user name and password, and the server's pg_hba.conf"},
    {"3D000", ERR_CONNECT, "create the database first: createdb NAME"},
    {"3F000", ERR_SCHEMA, NULL},
    {"42P01", ERR_SCHEMA, NULL},
    {"42703", ERR_SCHEMA, NULL},
    {"53100", ERR_DATABASE, "the server's disk is full"},
    {"", ERR_DATABASE, NULL},
};

static size_t sqlstate_row(const char *sqlstate)
{
    size_t i = 0;
    while (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) != 0)
        i++;
    return i;
}

static void add_text(Buf *out, const char *text)
{
    size_t n = strlen(text);
    while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
        n--;
    buf_add(out, text, n);
}

/* "line 12: ": PostgreSQL counts the characters from the start of what was sent. */
static void add_line(Buf *out, const PGresult *result, const char *script)
{
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    if (!script || !position)
        return;
    long left = strtol(position, NULL, 10) - 1;
    int line = 1;
    for (const char *p = script; *p && left > 0; p++) {
        line += *p == '\n';
        left -= (p[1] & 0xC0) != 0x80; /* the next byte starts a character */
    }
    buf_printf(out, "line %d: ", line);
}

/* The first line of the context that begins with one of these words and not with `but`; NULL: there is none. */
static const char *context_line(const PGresult *result, const char *word, const char *but)
{
    const char *line = PQresultErrorField(result, PG_DIAG_CONTEXT);
    while (line && *line) {
        if (strncmp(line, word, strlen(word)) == 0 && (!but || strncmp(line, but, strlen(but)) != 0))
            return line;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return NULL;
}

/* "PL/pgSQL function audit() line 3 at SQL statement", innermost first: whose code raised the error. */
static const char *function_line(const PGresult *result)
{
    const char *line = context_line(result, "PL/", NULL);
    return line ? line : context_line(result, "SQL", "SQL statement ");
}

static void add_place(Buf *out, const char *line)
{
    if (!line)
        return;
    size_t n = strcspn(line, "\n");
    buf_str(out, " [");
    buf_add(out, line, n < 200 ? n : 200);
    buf_char(out, ']');
}

/* An error inside a function of the business: about the function, not about the tables that artsync needs. */
static const struct {
    const char *prefix, *hint;
} function_errors[] = {
    {"42704",
     "that function needs something that its own application creates; a setting can be given to artsync as well: "
     "PGOPTIONS='-c NAME=VALUE' artsync ..."},
    {"42501", "grant this role what that function needs, or make it SECURITY DEFINER"},
    {"42",
     "that function finds its tables and functions by the search_path of this database (SHOW search_path); name the "
     "schema in it, or give it a path of its own: ALTER FUNCTION ... SET search_path = ..."},
    {"3F", "that function names a schema that does not exist"},
    {"", "check that function, and the trigger, check, default or index that calls it"},
};

static const char *function_hint(const char *sqlstate)
{
    size_t i = 0;
    while (strncmp(sqlstate, function_errors[i].prefix, strlen(function_errors[i].prefix)) != 0)
        i++;
    return function_errors[i].hint;
}

bool pg_error_lost(Pg *pg, Err *err)
{
    Buf text = {0};
    pg->lost = true;
    buf_printf(&text, "%s: the connection broke: ", pg->description);
    add_text(&text, PQerrorMessage(pg->conn));
    err_set(err, ERR_LOST, "nothing was committed; run it again", "%s", text.data);
    buf_free(&text);
    return false;
}

/* ---- what a savepoint can go on after ---- */

static bool starts_with_one(const char *text, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (strncmp(text, *prefixes, strlen(*prefixes)) == 0)
            return true;
    return false;
}

/* Raised on purpose by a function: then the SQLSTATE says nothing about the server or the connection. */
static bool is_raised(const PGresult *result)
{
    static const char *const languages[] = {"plpy_", "plperl", "pltcl", "plv8", NULL}; /* source files */
    const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    const char *file = PQresultErrorField(result, PG_DIAG_SOURCE_FILE);
    return (function && strcmp(function, "exec_stmt_raise") == 0) || (file && starts_with_one(file, languages));
}

/* Did a function or trigger run? The innermost line of the context tells. */
static bool in_function(const PGresult *result)
{
    static const char *const others[] = {"COPY ", "while ", "unnamed portal", "extended query", NULL};
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    return context && *context && !starts_with_one(context, others);
}

/* Can the values of a row be the cause, so that the statement may succeed without that row? */
static bool is_refusal(const PGresult *result, const char *sqlstate)
{
    /* the server, its resources, other sessions, the state of the transaction */
    static const char *const server[] = {"25", "40", "53",    "55P03", "57", "58000", "58030",
                                         "72", "F0", "XX001", "XX002", NULL};
    /* the statement as a whole, unless a function ran */
    static const char *const statement[] = {"03", "08", "0B", "28", "2B", "2D", "3D", "3F", "42", "58", NULL};
    if (is_raised(result))
        return true;
    if (starts_with_one(sqlstate, server))
        return false;
    return !starts_with_one(sqlstate, statement) || in_function(result);
}

bool pg_refusal(const Err *err) { return err->refusal; }

/* ---- results ---- */

bool pg_error_result(Pg *pg, const PGresult *result, const char *script, Err *err)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    if (!sqlstate || PQstatus(pg->conn) == CONNECTION_BAD) {
        if (PQstatus(pg->conn) == CONNECTION_BAD && !sqlstate)
            return pg_error_lost(pg, err);
        pg->lost |= PQstatus(pg->conn) == CONNECTION_BAD;
    }
    /* after FATAL nothing more comes; whether the socket closes is up to what lies between */
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    pg->lost |= severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
    size_t row = sqlstate_row(sqlstate ? sqlstate : "");
    ErrCode code = sqlstates[row].code;
    const char *advice = sqlstates[row].hint;
    /* a function may raise any SQLSTATE */
    if (!pg->lost && (code == ERR_LOST || code == ERR_CONNECT || is_raised(result))) {
        code = ERR_DATABASE;
        advice = NULL;
    }
    const char *function = sqlstate ? function_line(result) : NULL;
    if (function && !strstr(function, "inline_code_block") &&
        (!advice || code == ERR_SCHEMA || code == ERR_PRIVILEGE)) {
        code = code == ERR_SCHEMA ? ERR_DATABASE : code;
        advice = function_hint(sqlstate);
        if (strncmp(sqlstate, "42", 2) == 0) /* PostgreSQL's own is about one statement's words */
            hint = NULL;
    }
    Buf text = {0};
    add_line(&text, result, script);
    add_text(&text, primary ? primary : PQresultErrorMessage(result));
    if (detail && *detail) {
        buf_str(&text, ": ");
        add_text(&text, detail);
    }
    add_place(&text, function);
    add_place(&text, context_line(result, "COPY ", NULL));
    if (err->code == ERR_NONE) {
        const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
        err_sqlstate(err, sqlstate);
        snprintf(err->constraint, sizeof err->constraint, "%s", constraint ? constraint : "");
        err_set(err, code, hint ? hint : advice, "%s", text.data);
        err->refusal = sqlstate && !pg->lost && is_refusal(result, sqlstate);
        err->raised = is_raised(result);
    }
    buf_free(&text);
    return false;
}

/* ---- connecting ---- */

/* libpq gives no SQLSTATE for a connection that failed, only messages; these have hints of their own. */
static const struct {
    const char *words;
    ErrCode code;
    const char *hint;
} connect_hints[] = {
    {"no password supplied", ERR_CONNECT,
     "give the password in DATABASE_URL (postgresql://user:password@host/database), PGPASSWORD or ~/.pgpass"},
    {"password authentication failed", ERR_CONNECT,
     "wrong user or password; in a URL special characters of a password must be written %XX (@ is %40)"},
    {"Peer authentication failed", ERR_CONNECT,
     "this server maps system users to roles on its socket: connect as your own role, or over TCP with -h localhost"},
    {"Ident authentication failed", ERR_CONNECT, "check the server's pg_hba.conf"},
    {"no pg_hba.conf entry", ERR_CONNECT, "the server does not let this user in from here: see its pg_hba.conf"},
    {"Connection refused", ERR_CONNECT, "is the server running, and does it listen on that host and port?"},
    {"No such file or directory", ERR_CONNECT,
     "is the server running? Nothing listens on that socket; set DATABASE_URL, -d URL or PGHOST"},
    {"could not translate host name", ERR_CONNECT, "check the spelling of the host name"},
    {"timeout expired", ERR_CONNECT, "is the host right, and does a firewall let you through?"},
    {"session is read-only", ERR_CONNECT,
     "this server or role does not allow writes: connect to the primary (target_session_attrs=any lets you read all "
     "the "
     "same)"},
    {"server is in hot standby", ERR_CONNECT, "connect to the primary"},
    {"too many clients", ERR_CONNECT, "all connection slots are in use; try again later"},
    {"remaining connection slots", ERR_CONNECT, "all connection slots are in use; try again later"},
    {"the database system is starting up", ERR_CONNECT, "try again in a moment"},
    {"certificate verify failed", ERR_CONNECT, "check sslrootcert and sslmode"},
    {"does not support SSL", ERR_CONNECT, "remove sslmode=require or switch SSL on in the server"},
};

bool pg_error_connect(const char *where, const char *sqlstate, const char *message, Err *err)
{
    const char *hint = NULL;
    bool no_database = strstr(message, "database \"") && strstr(message, "does not exist");
    bool no_role = strstr(message, "role \"") && strstr(message, "does not exist");
    for (size_t i = 0; i < sizeof connect_hints / sizeof connect_hints[0] && !hint; i++) {
        if (strstr(message, connect_hints[i].words))
            hint = connect_hints[i].hint;
    }
    if (no_database)
        hint = "create it first (createdb), or name another one in DATABASE_URL";
    else if (no_role)
        hint = "name the user in DATABASE_URL (postgresql://user@host/database) or PGUSER, or create the role";
    /* "connection to server at ... failed: " only repeats where */
    const char *failed = strncmp(message, "connection to server", 20) == 0 ? strstr(message, " failed: ") : NULL;
    Buf text = {0};
    add_text(&text, failed ? failed + 9 : message);
    err_set(err, ERR_CONNECT, hint, "cannot connect to %s: %s", where, text.len ? text.data : "no reason given");
    err_sqlstate(err, sqlstate);
    buf_free(&text);
    return false;
}

void pg_notice(void *pg, const PGresult *result)
{
    (void)pg;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!primary)
        return;
    if (severity && strcmp(severity, "WARNING") == 0)
        log_warning("PostgreSQL: %s", primary);
    else
        log_detail("PostgreSQL: %s: %s", severity ? severity : "NOTICE", primary);
}

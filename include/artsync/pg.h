/* pg.h - the one wrapper around libpq. No other module includes libpq-fe.h.
 *
 * The caller says which shape of result it expects (none, one row, rows, a stream) and the wrapper checks it: every
 * result is checked, the last result after COPY decides, a NOTICE goes to the log, a broken connection is ERR_LOST, a
 * server error carries SQLSTATE, message, detail and hint. All calls are asynchronous underneath: they end on a
 * signal (the statement is cancelled; ERR_INTERRUPTED) and on a deadline without any answer (ERR_LOST).
 *
 * Values travel as text in UTF-8. Rows are good until pg_rows_free. One Pg has one statement under way at a time.
 */
#ifndef ARTSYNC_PG_H
#define ARTSYNC_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/catalog.h"
#include "artsync/err.h"
#include "artsync/mem.h"

typedef struct Pg Pg;

/* Connect. `url` may be NULL (libpq's own rules), a conninfo string, postgres://, postgresql:// or a SQLAlchemy
 * spelling (+psycopg2, +asyncpg, +psycopg). Asks for a server that takes writes (target_session_attrs=read-write,
 * unless the url says otherwise), sets keepalives, tcp_user_timeout and connect_timeout where the url does not, never
 * options=. Errors: ERR_CONNECT with host, port, database and user but never a password; PostgreSQL before 14 is
 * ERR_CONNECT too. */
bool pg_open(Pg **pg, const char *url, const char *application_name, Err *err);
void pg_close(Pg *pg); /* accepts NULL */

/* The same for who only reads: a server that takes no writes is enough. */
bool pg_open_reader(Pg **pg, const char *url, const char *application_name, Err *err);

/* Connect once more as pg_open did; the old connection is closed. False: `err` is set and pg is what it was. */
bool pg_reconnect(Pg *pg, Err *err);

/* Does libpq read this environment variable (PGHOST, PGPASSWORD, PGSERVICE ...)? */
bool pg_is_variable(const char *name);

/* "database on host:port as user", without secrets; lives as long as pg. */
const char *pg_describe(const Pg *pg);
const char *pg_database(const Pg *pg);
bool pg_is_encrypted(const Pg *pg); /* by TLS or Kerberos */
bool pg_is_local(const Pg *pg);     /* what is sent does not leave this machine */

/* The database's encoding, as PostgreSQL names it: "UTF8", "LATIN1". Parameters of statements go with "U+0141" for a
 * character that it lacks: they are names, messages and logs. Values are judged before (clean.h). */
const char *pg_encoding(const Pg *pg);
const char *pg_storable(Pg *pg, const char *text, Arena *arena); /* the same for COPY; NULL stays NULL */

/* The connection string without password that a child process (pg_dump) needs, and the password by itself (NULL:
 * none), for the child's environment. Both malloc'ed. */
char *pg_child_conninfo(const Pg *pg, char **password);

/* ---- statements ----
 *
 * Outside a transaction each of them runs in one of its own, so that everything pg_begin pins holds for every statement
 * on every connection. COPY needs an open one.
 */

typedef struct PgRows PgRows;

/* An integer as a parameter: const char *params[] = {table, PG_INT(log_id)}. The text lives as long as the block in
 * which PG_INT is written. */
enum { PG_INT_SIZE = sizeof "-9223372036854775808" };
#define PG_INT(value) pg_int_text((char[PG_INT_SIZE]){0}, (value))
const char *pg_int_text(char out[PG_INT_SIZE], int64_t value);

/* A statement without rows; *affected (may be NULL) is the number of rows it touched. One statement only. */
bool pg_run(Pg *pg, const char *sql, int n, const char *const *params, int64_t *affected, Err *err);

/* Several statements separated by `;`, without parameters and rows (migrations). Inside the current transaction. */
bool pg_script(Pg *pg, const char *sql, Err *err);

/* Any number of rows. */
bool pg_query(Pg *pg, const char *sql, int n, const char *const *params, PgRows **rows, Err *err);

/* Exactly one row, else ERR_DATABASE "expected one row". */
bool pg_row(Pg *pg, const char *sql, int n, const char *const *params, PgRows **rows, Err *err);

/* One row and one column as a malloc'ed string (NULL for NULL). */
bool pg_value(Pg *pg, const char *sql, int n, const char *const *params, char **value, Err *err);

int pg_count(const PgRows *rows);
int pg_width(const PgRows *rows);
const char *pg_column_name(const PgRows *rows, int column);
const char *pg_get(const PgRows *rows, int row, int column); /* NULL for SQL NULL */
bool pg_bool(const PgRows *rows, int row, int column);       /* NULL counts as false */
int64_t pg_int(const PgRows *rows, int row, int column);     /* NULL counts as 0 */
void pg_rows_free(PgRows *rows);                             /* accepts NULL */

/* Rows one by one in constant memory (single-row mode). `cells[i]` is NULL for NULL and dies when `each` returns.
 * If `each` fails the statement is cancelled and its Err stays. No other statement may run meanwhile on this Pg. */
typedef bool PgRowFn(void *ctx, const char *const *cells, int n, Err *err);
bool pg_each(Pg *pg, const char *sql, int n, const char *const *params, PgRowFn *each, void *ctx, Err *err);

/* ---- COPY ---- */

bool pg_copy_in(Pg *pg, const char *sql, Err *err);                    /* COPY ... FROM STDIN */
bool pg_copy_put(Pg *pg, const char *bytes, size_t n, Err *err);
bool pg_copy_done(Pg *pg, int64_t rows, Err *err);                     /* `rows` must be what the server counted */

/* COPY ... TO STDOUT: each call gets one CopyData message (text: one line; binary: header/tuple bytes). */
typedef bool PgCopyFn(void *ctx, const char *bytes, size_t n, Err *err);
bool pg_copy_out(Pg *pg, const char *sql, PgCopyFn *each, void *ctx, Err *err);

/* A value for COPY's text format: escaped, \N for NULL, without a delimiter. */
void pg_copy_text(Buf *out, const char *text);

/* ---- transactions ---- */

typedef enum PgTx {
    PG_TX_WRITE,
    PG_TX_READ, /* REPEATABLE READ, READ ONLY */
    PG_TX_NOTE, /* the log on the second connection: short limits for statements and answers */
    PG_TX_LAST  /* the log of a run that failed: shorter ones */
} PgTx;

/* BEGIN and pin what results depend on, with SET LOCAL (works through a pooler): search_path pg_catalog, client
 * encoding UTF8, DateStyle ISO, IntervalStyle postgres, TimeZone UTC, bytea_output hex, extra_float_digits,
 * lock_timeout, statement_timeout, idle_in_transaction_session_timeout, client_connection_check_interval,
 * application_name. All SQL must qualify its names. */
bool pg_begin(Pg *pg, PgTx kind, Err *err);
void pg_rollback(Pg *pg); /* also fine where no transaction is open, the connection is closed, or pg is NULL */

/* What else is known of a transaction whose COMMIT got no reply. */
typedef struct PgProof {
    const char *look; /* the hint of ERR_UNKNOWN: where to look whether it was committed */
    const char *sql;  /* one boolean, true only if it was committed; NULL: there is no such query. Asked if the
                         server was restarted or replaced meanwhile; otherwise the server knows its transaction by id */
    int n;
    const char *const *params;
} PgProof;

/* COMMIT alone, the one way to end a transaction whose outcome is reported; the tag is checked (ROLLBACK is a failure).
 * From here on signals do not end the run, they shorten its waits. If the reply is lost, artsync connects again and
 * asks what became of the transaction. True: it was committed, and pg can be used. False: nothing was changed, or
 * ERR_UNKNOWN. */
bool pg_commit(Pg *pg, const PgProof *proof, Err *err);

/* COMMIT of the log's rows, which no other outcome depends on: signals stay as they are, a lost reply is ERR_LOST. */
bool pg_commit_note(Pg *pg, Err *err);

/* The id of the open transaction as text, good until the next pg_begin; gives it one if need be. NULL: `err` is set. */
const char *pg_xid(Pg *pg, Err *err);

bool pg_savepoint(Pg *pg, const char *name, Err *err);
bool pg_release(Pg *pg, const char *name, Err *err);
bool pg_rollback_to(Pg *pg, const char *name, Err *err); /* back to it and release it */

/* True if the database refused what a statement wrote, and a savepoint can go on after it: the values of some row may
 * be the cause, or a function that refuses it, whatever SQLSTATE it raises. False for what concerns the connection, the
 * server, the transaction, or the statement as a whole: lost connections, signals, timeouts, deadlocks, out of disk or
 * memory, a missing grant on the table. */
bool pg_refusal(const Err *err);

/* ---- the business's rows ----
 *
 * Its triggers, CHECKs, defaults and index functions run when rows are written and constraints fire, and find their
 * tables by the search_path that the database or the role sets, with PostgreSQL's own names first and temporary ones
 * last. Any role that may create objects in one of its schemas could make a better match for a name: so what artsync
 * sends meanwhile names every schema and resolves nothing by that path. No bare operators, not even in BETWEEN, IN,
 * CASE x WHEN, IS DISTINCT FROM and LIKE, but OPERATOR(pg_catalog.=); functions as pg_catalog.now().
 */

/* One such statement: INSERT, UPDATE or DELETE of mapped tables, SET CONSTRAINTS, ANALYZE. No parameters: sql_literal.
 * *affected as in pg_run. A failure takes effect on the path only with the savepoint or transaction that ends it. */
bool pg_write(Pg *pg, const char *sql, int64_t *affected, Err *err);

/* PostgreSQL reads the text of an SQL function that an index calls while it plans the first statement on the table,
 * also a SELECT, by the path of that moment, and keeps what it found. So pg_begin makes it read them by the database's
 * own path, once pg_catalog has found such indexes; to be called again after indexes were made or dropped in a
 * transaction. */
bool pg_read_indexes(Pg *pg, Err *err);

/* pg_write's path around COPY. pg_commit sets it by itself where rows were written. */
bool pg_path_database(Pg *pg, Err *err);
bool pg_path_pinned(Pg *pg, Err *err);

/* ---- names ---- */

/* "SELECT setval('public.t_id_seq', (SELECT max(id) FROM public.t));", for a column that a sequence numbers. */
void sql_setval(Buf *out, const CatalogTable *table, const CatalogColumn *column);

/* Would the sequence of this column give a number that a row has, or has passed? False as well where the role may not
 * look at the sequence. Needs an open transaction. */
bool pg_sequence_behind(Pg *pg, const CatalogTable *table, const CatalogColumn *column, bool *behind, Err *err);

void sql_ident(Buf *out, const char *name);                              /* "name", quoted where needed or not */
void sql_name(Buf *out, const char *schema, const char *name);           /* "schema"."name" */
void sql_literal(Buf *out, const char *text);                            /* '...' or E'...'; NULL gives NULL */
/* `text` with the table's names, quoted, for {table} "schema"."table", {state} artsync."state_table", {id} its id
 * column, and, once the catalog was read, {key} its primary key, {id_type} the id column's type without a length. Of
 * the row `t`: {active}, {updated_at}, {synced_at}, {version} are the values of its metadata columns as boolean,
 * timestamptz and integer, NULL (true for {active}) where the table does without; {updated_type} is what updated_at can
 * hold. */
void sql_expand(Buf *out, const Table *table, const char *text);
/* The schema of each table of the base, in their order, as a text[] literal. */
void sql_schemas(Buf *out, const Base *base);

void sql_array(Buf *out, const char *const *items, int n); /* text[] literal for a parameter: {"a",NULL} */

/* ---- the catalog (catalog.h) ---- */

/* Read what the database says about each of the base's tables, into `arena`; catalogs[i] belongs to base->tables[i].
 * A table that is not there has exists = false. A constant number of statements, however many tables. */
bool pg_catalog(Pg *pg, const Base *base, Arena *arena, CatalogTable ***catalogs, Err *err);

/* What the server knows of the base's time zones, into base->zones, as far as it is not there. ERR_CONFIG names one
 * that there is not. */
bool pg_zones(Pg *pg, const Base *base, Err *err);
bool pg_zones_check(Pg *pg, const Base *base, Err *err); /* looks only whether there are such zones */

/* ---- whose objects ---- */

/* Refuse (ERR_SCHEMA) a schema artsync, anything in it, a sync_logs or a trigger on them that belongs to a role which
 * the current one does not trust (see untrusted.sql): reading or writing there would run that role's code with our
 * rights. The same for functions and operators in `schemas` that bear the name of one of PostgreSQL's own. Call it, in
 * the same transaction, before anything of that schema is read. *there (may be NULL): is there anything at all? */
bool pg_trust(Pg *pg, const Base *base, const char *const *schemas, int n_schemas, bool *there, Err *err);

/* ---- one sync at a time ---- */

/* Take the base's advisory lock in the current transaction (released by its end). Waits up to `wait_seconds`. *taken =
 * false: another session has it, and `holder` (may be NULL) gets who: application_name, backend start, client. */
bool pg_lock_base(Pg *pg, const char *base, int wait_seconds, bool *taken, Buf *holder, Err *err);

/* The same; where another session has it: ERR_BUSY with `what` ("a sync is running") and that session. */
bool pg_lock_or_busy(Pg *pg, const char *base, int wait_seconds, const char *what, const char *hint, Err *err);

#endif

/* doctor_database.c - the connection, what the role may do, the schema, who is in the way, what the last runs did. */
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "artsync/grants.h"
#include "artsync/schema.h"
#include "artsync/session.h"
#include "artsync/shell.h"
#include "doctor.h"

enum { LATE_S = 26 * 3600 }; /* a day, and what a night may be late */

static bool query(Doctor *doctor, const char *name, const char *file, int n, const char *const *params, PgRows **rows)
{
    Err err = {0};
    bool ok = pg_query(doctor->cli->pg, sql_query(file), n, params, rows, &err);
    if (!ok)
        doctor_error(doctor, name, NULL, &err);
    return ok;
}

static void look_at_encryption(Doctor *doctor)
{
    const Pg *pg = doctor->cli->pg;
    if (pg_is_encrypted(pg))
        doctor_fine(doctor, "TLS", "the connection is encrypted");
    else if (pg_is_local(pg))
        doctor_fine(doctor, "TLS", "the connection is not encrypted, and does not leave this machine");
    else
        doctor_problem(doctor, "TLS", NULL,
                       "the connection is not encrypted: switch TLS on in the server, and add sslmode=verify-full to "
                       "DATABASE_URL");
}

static void look_at_grants(Doctor *doctor)
{
    Grants grants = {0};
    Err err = {0};
    if (!grants_read(doctor->cli->pg, doctor->cli->base, NULL, "sync", &grants, &err))
        doctor_error(doctor, "grants", NULL, &err);
    for (int i = 0; i < grants.n; i++)
        if (grants.items[i].missing)
            doctor_problem(doctor, "grants", arena_str(doctor->arena, grants.items[i].missing),
                           "the role %s lacks a privilege that a sync needs; the owner of the object grants it",
                           grants.role);
    if (err.code == ERR_NONE && grants.role && grants.n_missing == 0)
        doctor_fine(doctor, "grants", "the role %s may do all that a sync needs", grants.role);
    grants_free(&grants);
    err_clear(&err);
}

bool doctor_connection(Doctor *doctor)
{
    Cli *cli = doctor->cli;
    PgRows *rows = NULL;
    Err err = {0};
    if (!cli_require(cli, NEED_DATABASE, &err)) {
        doctor_error(doctor, "connection", NULL, &err);
        return false;
    }
    doctor_fine(doctor, "connection", "%s", pg_describe(cli->pg));
    look_at_encryption(doctor);
    if (query(doctor, "server", "doctor_database", 0, NULL, &rows))
        doctor_fine(doctor, "server", "PostgreSQL %s, role %s", pg_get(rows, 0, 0), pg_get(rows, 0, 1));
    pg_rows_free(rows);
    return true;
}

/* ---- the schema ---- */

static bool look_at_migrations(Doctor *doctor)
{
    Cli *cli = doctor->cli;
    Migrations all = {0};
    Err err = {0};
    int n[4] = {0};
    const char *first[4] = {0};
    if (!schema_status(cli->pg, cli->base, cli->base_name, &all, &err)) {
        doctor_error(doctor, "schema", NULL, &err);
        return false;
    }
    for (int i = 0; i < all.n; i++)
        if (!n[all.items[i].state]++)
            first[all.items[i].state] = all.items[i].file;
    int wrong = n[MIGRATION_EDITED] + n[MIGRATION_GONE];
    if (wrong)
        doctor_problem(doctor, "schema", command_line(doctor->arena, "db status"),
                       "%s edited or removed after it was applied, %s first: restore the file",
                       out_noun(wrong, "migration was", "migrations were", doctor->arena),
                       n[MIGRATION_EDITED] ? first[MIGRATION_EDITED] : first[MIGRATION_GONE]);
    else if (n[MIGRATION_PENDING])
        doctor_problem(doctor, "schema", command_line(doctor->arena, "db migrate"), "%s not applied, %s first",
                       out_noun(n[MIGRATION_PENDING], "migration is", "migrations are", doctor->arena),
                       first[MIGRATION_PENDING]);
    else
        doctor_fine(doctor, "schema", "%s applied", out_noun(all.n, "migration", "migrations", doctor->arena));
    bool ok = !wrong && !n[MIGRATION_PENDING];
    migrations_free(&all);
    return ok;
}

typedef struct FirstDifference {
    Doctor *doctor;
    const char *text; /* of the first that is missing or changed */
} FirstDifference;

static bool note_difference(void *ctx, const Difference *difference, Err *err)
{
    (void)err;
    FirstDifference *first = ctx;
    if (difference->kind != DIFFERENCE_ADDITION && !first->text)
        first->text = arena_printf(first->doctor->arena, "%s %s", difference->type, difference->object);
    return true;
}

/* Only the owner of the schema can make it anew beside itself to compare. */
static void look_at_drift(Doctor *doctor)
{
    Cli *cli = doctor->cli;
    FirstDifference first = {.doctor = doctor};
    Err err = {0};
    int wrong = 0;
    bool ok = schema_verify(cli->pg, cli->base, cli->base_name, note_difference, &first, &wrong, &err);
    if (!ok && err.code == ERR_PRIVILEGE) {
        doctor_fine(doctor, "drift", "not looked at: only the owner of the schema can run artsync db verify");
        err_clear(&err);
    } else if (!ok) {
        doctor_error(doctor, "drift", NULL, &err);
    } else if (wrong) {
        doctor_problem(doctor, "drift", command_line(doctor->arena, "db verify"),
                       "%s from what the migrations make, the %s first",
                       out_noun(wrong, "difference", "differences", doctor->arena), first.text);
    } else {
        doctor_fine(doctor, "drift", "the schema is what the migrations make");
    }
}

static void look_at_mapping(Doctor *doctor)
{
    Err err = {0};
    doctor->bound = cli_require(doctor->cli, NEED_SCHEMA, &err);
    if (doctor->bound)
        doctor_fine(doctor, "mapping", "base.json fits the tables of the database");
    else
        doctor_error(doctor, "mapping", command_line(doctor->arena, "base check"), &err);
}

void doctor_schema(Doctor *doctor)
{
    if (!doctor->cli->base || !look_at_migrations(doctor))
        return;
    look_at_grants(doctor);
    look_at_drift(doctor);
    look_at_mapping(doctor);
}

/* ---- who is in the way ---- */

void doctor_sessions(Doctor *doctor)
{
    const Base *base = doctor->cli->base;
    PgRows *rows = NULL;
    Buf schemas = {0}, tables = {0};
    if (!doctor->bound)
        return;
    const char **names = arena_alloc(doctor->arena, sizeof *names * ((size_t)base->n_tables + 1));
    for (int i = 0; i < base->n_tables; i++)
        names[i] = base->tables[i].name;
    sql_schemas(&schemas, base);
    sql_array(&tables, names, base->n_tables);
    bool ok = query(doctor, "locks", "doctor_sessions", 2, (const char *[]){schemas.data, tables.data}, &rows);
    for (int i = 0; ok && i < pg_count(rows); i++)
        doctor_problem(doctor, "locks",
                       arena_printf(doctor->arena, "psql \"$DATABASE_URL\" -c 'SELECT pg_terminate_backend(%s)'",
                                    pg_get(rows, i, 0)),
                       "%s holds a lock on %s (%s)%s%s: a sync would wait for it",
                       pg_get(rows, i, 1), pg_get(rows, i, 3), pg_get(rows, i, 4),
                       pg_get(rows, i, 2) ? " and does nothing, last active " : "",
                       pg_get(rows, i, 2) ? out_age(pg_int(rows, i, 2), doctor->arena) : "");
    if (ok && pg_count(rows) == 0)
        doctor_fine(doctor, "locks", "no idle session holds a lock on the mapped tables");
    pg_rows_free(rows);
    buf_free(&schemas);
    buf_free(&tables);
    bool taken = true;
    Buf holder = {0};
    Err err = {0};
    if (pg_begin(doctor->cli->pg, PG_TX_READ, &err) &&
        pg_lock_base(doctor->cli->pg, base->name, 0, &taken, &holder, &err) && !taken)
        doctor_fine(doctor, "locks", "a sync is running: %s", buf_view(&holder).p);
    pg_rollback(doctor->cli->pg);
    if (err.code != ERR_NONE)
        doctor_error(doctor, "locks", NULL, &err);
    buf_free(&holder);
}

/* ---- the last runs ---- */

static void look_at_last_sync(Doctor *doctor, const PgRows *rows)
{
    const char *age = pg_get(rows, 0, 0), *failure = pg_get(rows, 0, 1);
    const char *again = command_line(doctor->arena, "sync");
    if (failure)
        doctor_problem(doctor, "last sync", again, "the newest run failed: %s", failure);
    else if (!age)
        doctor_problem(doctor, "last sync", again, "there was none yet");
    else if (doctor->production && pg_int(rows, 0, 0) > LATE_S)
        doctor_problem(doctor, "last sync", again, "the last one completed %s, more than a day",
                       out_age(pg_int(rows, 0, 0), doctor->arena));
    else
        doctor_fine(doctor, "last sync", "completed %s", out_age(pg_int(rows, 0, 0), doctor->arena));
}

void doctor_runs(Doctor *doctor)
{
    PgRows *rows = NULL;
    if (!doctor->bound)
        return;
    if (query(doctor, "last sync", "doctor_runs", 1, (const char *[]){doctor->cli->base->name}, &rows)) {
        look_at_last_sync(doctor, rows);
        doctor->origin = pg_get(rows, 0, 2) ? arena_str(doctor->arena, pg_get(rows, 0, 2)) : NULL;
        if (pg_int(rows, 0, 3))
            doctor_problem(doctor, "rejects", command_line(doctor->arena, "rejects"), "%s open",
                           out_noun(pg_int(rows, 0, 3), "reject is", "rejects are", doctor->arena));
        else
            doctor_fine(doctor, "rejects", "none is open");
    }
    pg_rows_free(rows);
}

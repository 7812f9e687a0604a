/* Drop what the migrations made, and only that. */
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "artsync/shell.h"
#include "private.h"

/* In this order: views depend on tables, tables on functions and types. */
static const struct {
    const char *kind;
    const char *statement;
} drops[] = {
    {"view", "DROP VIEW "},           {"materialized view", "DROP MATERIALIZED VIEW "},
    {"table", "DROP TABLE "},         {"foreign table", "DROP FOREIGN TABLE "},
    {"sequence", "DROP SEQUENCE "},   {"function", "DROP FUNCTION "},
    {"procedure", "DROP PROCEDURE "}, {"domain", "DROP DOMAIN "},
    {"type", "DROP TYPE "},
};

typedef struct Dropping {
    Pg *pg;
    const Base *base;
    const PgRows *expected, *live;
    bool used_by_other_bases; /* other bases need the bookkeeping */
    int dropped;
} Dropping;

static bool is_expected(const Dropping *d, const char *kind, const char *name)
{
    for (int row = 0; row < pg_count(d->expected); row++) {
        if (strcmp(pg_get(d->expected, row, OBJECT_NAME), name) == 0 &&
            strcmp(pg_get(d->expected, row, OBJECT_KIND), kind) == 0)
            return true;
    }
    return false;
}

/* Names are quoted where they have to be. */
static bool is_state(const char *name)
{
    static const char plain[] = "artsync.state_", quoted[] = "artsync.\"state_";
    return strncmp(name, plain, sizeof plain - 1) == 0 || strncmp(name, quoted, sizeof quoted - 1) == 0;
}

/* "schema.table" as the catalog prints it, quoted where it has to be, without its quotes. */
static bool is_named(const Table *table, const char *name)
{
    Buf wanted = {0}, plain = {0};
    buf_printf(&wanted, "%s.%s", table->schema, table->name);
    for (; *name; name++)
        if (*name != '"')
            buf_char(&plain, *name);
    bool same = plain.data && strcmp(plain.data, wanted.data) == 0;
    buf_free(&wanted);
    buf_free(&plain);
    return same;
}

/* A table that base.json leaves as it is, even if a file of the base made it. */
static bool is_foreign(const Dropping *d, const char *name)
{
    for (int i = 0; i < d->base->n_tables; i++)
        if (d->base->tables[i].foreign && is_named(&d->base->tables[i], name))
            return true;
    return false;
}

/* Of artsync's own schema all goes (state tables of tables that were mapped once included), unless it is shared. */
static bool should_drop(const Dropping *d, int row)
{
    const char *kind = pg_get(d->live, row, OBJECT_KIND), *name = pg_get(d->live, row, OBJECT_NAME);
    bool own = strcmp(pg_get(d->live, row, OBJECT_SCHEMA), "artsync") == 0;
    if (pg_get(d->live, row, OBJECT_PARENT) || is_foreign(d, name))
        return false;
    if (own)
        return !d->used_by_other_bases || (is_state(name) && is_expected(d, kind, name));
    if (d->used_by_other_bases && strcmp(name, "public.sync_logs") == 0)
        return false;
    return is_expected(d, kind, name);
}

/* One statement a kind: objects that depend on one another go together. */
static bool drop_kind(Dropping *d, size_t kind, Err *err)
{
    Buf sql = {0};
    for (int row = 0; row < pg_count(d->live); row++) {
        if (strcmp(pg_get(d->live, row, OBJECT_KIND), drops[kind].kind) != 0 || !should_drop(d, row))
            continue;
        buf_str(&sql, sql.len ? ", " : drops[kind].statement);
        buf_str(&sql, pg_get(d->live, row, OBJECT_NAME));
        d->dropped++;
    }
    bool ok = !sql.len || pg_script(d->pg, sql.data, err);
    buf_free(&sql);
    return ok;
}

static bool drop_schema(Dropping *d, const char *name, bool only_if_empty, Err *err)
{
    Err why = {0};
    Buf sql = {0};
    buf_str(&sql, "DROP SCHEMA IF EXISTS ");
    sql_ident(&sql, name);
    bool ok = pg_savepoint(d->pg, "artsync_drop", err);
    bool dropped = ok && pg_script(d->pg, sql.data, &why);
    buf_free(&sql);
    if (ok && dropped)
        return pg_release(d->pg, "artsync_drop", err);
    if (ok && only_if_empty && strcmp(why.sqlstate, "2BP01") == 0) { /* others have made something in it */
        err_clear(&why);
        return pg_rollback_to(d->pg, "artsync_drop", err);
    }
    if (ok)
        *err = why;
    return false;
}

static bool drop_objects(Dropping *d, const StringList *made, Err *err)
{
    for (size_t kind = 0; kind < sizeof drops / sizeof drops[0]; kind++) {
        if (!drop_kind(d, kind, err))
            return false;
    }
    for (int i = 0; i < made->n; i++) {
        if (!drop_schema(d, made->items[i], true, err))
            return false;
    }
    if (d->used_by_other_bases)
        return pg_run(d->pg, sql_query("forget_base"), 1, &d->base->name, NULL, err);
    return drop_schema(d, "artsync", false, err);
}

bool schema_lock(Pg *pg, const Base *base, Err *err)
{
    return pg_lock_or_busy(pg, base->name, 0, "a sync is running", "wait for it to end", err) &&
           pg_lock_or_busy(pg, "migrate", 0, "a migration is running", "wait for it to end", err);
}

bool schema_is_shared(Pg *pg, const Base *base, bool *used_by_other_bases, Err *err)
{
    char *text;
    if (!pg_trust(pg, base, NULL, 0, NULL, err) || !pg_value(pg, sql_query("migrations_exist"), 0, NULL, &text, err))
        return false;
    bool made = text && text[0] == 't';
    free(text);
    *used_by_other_bases = false;
    if (!made)
        return true;
    if (!pg_value(pg, sql_query("other_bases"), 1, &base->name, &text, err))
        return false;
    *used_by_other_bases = strcmp(text ? text : "0", "0") != 0;
    free(text);
    return true;
}

/* Everything between BEGIN and COMMIT. */
static bool drop(Pg *pg, const Base *base, const char *base_name, int *dropped, Err *err)
{
    Shadow expected = {0};
    PgRows *live = NULL;
    Dropping d = {.pg = pg, .base = base};
    bool ok = schema_lock(pg, base, err) && schema_is_shared(pg, base, &d.used_by_other_bases, err) &&
              shadow_make(pg, base, base_name, &expected, err) && live_objects(pg, &expected, &live, err);
    d.expected = expected.rows;
    d.live = live;
    Err why = {0};
    if (ok && !drop_objects(&d, &expected.made, &why)) {
        ok = false;
        if (strcmp(why.sqlstate, "2BP01") == 0) {
            err_set(err, ERR_REFUSED, "drop what is named there first, if you mean to", "something else needs it: %s",
                    why.message);
            err_sqlstate(err, why.sqlstate);
            err_clear(&why);
        } else {
            *err = why;
        }
    }
    *dropped = d.dropped;
    shadow_free(&expected);
    pg_rows_free(live);
    return ok;
}

static bool finish(Pg *pg, bool ok, Err *err)
{
    if (ok)
        return pg_commit(pg, &(PgProof){.look = command_hint("once the database is back, see: {}", "db status")}, err);
    pg_rollback(pg);
    return false;
}

bool schema_drop(Pg *pg, const Base *base, const char *base_name, int *dropped, Err *err)
{
    bool ok = pg_begin(pg, PG_TX_WRITE, err) && drop(pg, base, base_name, dropped, err);
    return finish(pg, ok, err);
}

bool schema_reset(Pg *pg, const Base *base, const char *base_name, int *applied, Err *err)
{
    int dropped;
    Applying how = {0};
    bool ok = pg_begin(pg, PG_TX_WRITE, err) && drop(pg, base, base_name, &dropped, err);
    ok = ok && migrate_apply(pg, base, base_name, &how, err);
    *applied = how.applied;
    return finish(pg, ok, err);
}

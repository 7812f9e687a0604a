/* databases.c - the connections to the databases that tables are read from, one each. */
#include <stdlib.h>

#include "internal.h"

SourceDatabases *source_databases_new(SourceSetting *setting, void *ctx, Pg *target)
{
    SourceDatabases *databases = mem_alloc(sizeof *databases);
    *databases = (SourceDatabases){.setting = setting, .ctx = ctx, .target = target};
    return databases;
}

void source_databases_end(SourceDatabases *databases)
{
    for (int i = 0; databases && i < databases->n_databases; i++) {
        pg_close(databases->databases[i]->pg);
        free(databases->databases[i]);
    }
    for (int i = 0; databases && i < databases->n_rows; i++) {
        if (databases->rows[i]->file)
            fclose(databases->rows[i]->file);
        free(databases->rows[i]);
    }
    if (databases)
        databases->n_databases = databases->n_rows = 0;
}

void source_databases_free(SourceDatabases *databases)
{
    if (!databases)
        return;
    source_databases_end(databases);
    free(databases->databases);
    free(databases->rows);
    arena_free(&databases->arena);
    free(databases);
}

static Database *find(SourceDatabases *all, const char *setting)
{
    for (int i = 0; i < all->n_databases; i++)
        if (strcmp(all->databases[i]->setting, setting) == 0)
            return all->databases[i];
    ARRAY_RESERVE(all->databases, all->n_databases, all->databases_cap);
    Database *database = mem_alloc(sizeof *database);
    *database = (Database){.setting = arena_str(&all->arena, setting)};
    all->databases[all->n_databases++] = database;
    return database;
}

/* What to do about it names the setting of this connection, not the target's. Returns false, always. */
static bool fail_connect(const char *setting, Err *err)
{
    static const char target[] = "DATABASE_URL";
    const char *at = err->hint ? strstr(err->hint, target) : NULL;
    if (at) {
        Buf hint = {0};
        buf_printf(&hint, "%.*s%s%s", (int)(at - err->hint), err->hint, setting, at + sizeof target - 1);
        free(err->hint);
        err->hint = mem_dup(hint.data);
        buf_free(&hint);
    }
    return err_context(err, "%s", setting);
}

static bool connect(SourceDatabases *all, Database *database, Err *err)
{
    const char *url = all->setting(all->ctx, database->setting);
    if (!url || !*url) {
        Arena arena = {0};
        err_set(err, ERR_CONFIG,
                arena_printf(&arena,
                             "set it in the environment or in .env: %s=postgresql://user:password@host:port/database",
                             database->setting),
                "%s is not set: it holds the connection string of the database to read from", database->setting);
        arena_free(&arena);
        return false;
    }
    return pg_open_reader(&database->pg, url, "artsync", err) || fail_connect(database->setting, err);
}

Database *database_of(const Source *source, Err *err)
{
    SourceDatabases *all = source->databases;
    if (!all) {
        err_set(err, ERR_CONFIG, NULL, "%s: no database can be read here", source->location);
        return NULL;
    }
    Database *database = find(all, source->table->from.database);
    return database->pg || connect(all, database, err) ? database : NULL;
}

/* Tables that are read at the same time by others are read from their beginning all the same: the same rows, the same
 * hash. */
bool database_begin(Database *database, Err *err)
{
    if (database->reading)
        return true;
    database->reading = (pg_begin(database->pg, PG_TX_READ, err) &&
                         pg_run(database->pg, "SET LOCAL synchronize_seqscans = off", 0, NULL, NULL, err)) ||
                        err_context(err, "%s", database->setting);
    return database->reading;
}

Rows *rows_of(const Source *source)
{
    SourceDatabases *all = source->databases;
    for (int i = 0; i < all->n_rows; i++)
        if (all->rows[i]->table == source->table)
            return all->rows[i];
    ARRAY_RESERVE(all->rows, all->n_rows, all->rows_cap);
    Rows *rows = mem_alloc(sizeof *rows);
    *rows = (Rows){.table = source->table};
    all->rows[all->n_rows++] = rows;
    return rows;
}

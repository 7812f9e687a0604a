/* A session that takes no writes on a server that does: which setting made it so, and where it is set. */
#include "artsync/embed.h"
#include "private.h"

#define SETTING "default_transaction_read_only"

/* By pg_settings.source. Of a statement {database} and {role} are replaced. */
static const struct {
    const char *source;
    const char *where;
    const char *undo;
} sources[] = {
    {"database", "for this database", "ALTER DATABASE {database} RESET " SETTING},
    {"user", "for this role", "ALTER ROLE {role} RESET " SETTING},
    {"database user", "for this role in this database", "ALTER ROLE {role} IN DATABASE {database} RESET " SETTING},
    {"global", "for all roles", "ALTER ROLE ALL RESET " SETTING},
    {"configuration file", "for the whole server",
     "ALTER SYSTEM RESET " SETTING "; SELECT pg_reload_conf(); if it stays on, it is in postgresql.conf"},
    {"command line", "on the server's command line", "start the server without it"},
    {"client", "by this connection", "take it out of options= in the connection string, or of PGOPTIONS"},
};

static const char *replace(Arena *arena, const char *text, const char *word, const char *by)
{
    const char *at = strstr(text, word);
    return at ? arena_printf(arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(word)) : text;
}

static void explain(const Pg *pg, const PgRows *rows, Err *err)
{
    const char *source = pg_get(rows, 0, 2), *where = "by the server's settings", *undo = "RESET it where it is set";
    Arena arena = {0};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        if (strcmp(sources[i].source, source) == 0) {
            where = sources[i].where;
            undo = replace(&arena, sources[i].undo, "{database}", pg_get(rows, 0, 3));
            undo = replace(&arena, undo, "{role}", pg_get(rows, 0, 4));
        }
    }
    err_clear(err);
    err_set(err, ERR_CONNECT,
            arena_printf(&arena,
                         "to allow writes: %s (target_session_attrs=any in the connection string lets you read all the "
                         "same)",
                         undo),
            "cannot write to %s: " SETTING " is on %s", pg->description, where);
    arena_free(&arena);
}

/* If a session was refused as read-only by default_transaction_read_only on a primary, *err says so, and where it is
 * set. */
static void explain_read_only(const char *url, const char *application_name, Err *err)
{
    Pg *pg = NULL;
    PgRows *rows = NULL;
    Err ignored = {0};
    if (err->code == ERR_CONNECT && strstr(err->message, "session is read-only") &&
        pg_open_session(&pg, url, application_name, "any", &ignored) &&
        pg_query(pg, sql_query("read_only_source"), 0, NULL, &rows, &ignored) && pg_count(rows) == 1 &&
        !pg_bool(rows, 0, 0) && strcmp(pg_get(rows, 0, 1), "on") == 0)
        explain(pg, rows, err);
    pg_rows_free(rows);
    pg_close(pg);
    err_clear(&ignored);
}

bool pg_open(Pg **out, const char *url, const char *application_name, Err *err)
{
    if (pg_open_session(out, url, application_name, NULL, err))
        return true;
    explain_read_only(url, application_name, err);
    return false;
}

bool pg_open_reader(Pg **out, const char *url, const char *application_name, Err *err)
{
    bool chosen = strstr(url, "target_session_attrs") != NULL;
    return pg_open_session(out, url, application_name, chosen ? NULL : "any", err);
}

/* map_base.c - runs of `artsync map` keep their mapping in the database: history, rejects and rollback find it there.
 */
#include <stdlib.h>

#include "artsync/base_map.h"
#include "artsync/embed.h"
#include "map.h"

static const char *mapping_key(const char *sync_id, Arena *arena)
{
    return sync_id ? arena_printf(arena, "mapping %s", sync_id) : "mapping";
}

bool map_keep(Pg *pg, const char *sync_id, const char *text, Err *err)
{
    Arena arena = {0};
    const char *who = runlog_who(&arena);
    bool ok = true;
    for (int i = 0; ok && i < 2; i++) {
        const char *params[] = {MAP_BASE, mapping_key(i ? sync_id : NULL, &arena), text, who};
        ok = pg_run(pg, sql_query("mark_set"), 4, params, NULL, err);
    }
    arena_free(&arena);
    return ok;
}

/* Is there a mapping, and is it what is meant where no base was named? */
static bool is_meant(Cli *cli, bool named, bool *meant, Err *err)
{
    char *answer = NULL;
    *meant = false;
    bool there = false;
    if (!pg_trust(cli->pg, cli->base, NULL, 0, &there, err) || !there ||
        !pg_value(cli->pg, sql_query("map_is_meant"), 2, (const char *[]){DEFAULT_BASE, named ? "t" : "f"}, &answer,
                  err))
        return err->code == ERR_NONE;
    *meant = answer[0] == 't';
    free(answer);
    return true;
}

static bool read_mapping(Cli *cli, const char *sync, bool for_rollback, char **text, Err *err)
{
    char sync_id[51] = "";
    Arena arena = {0};
    PgRows *rows = NULL;
    bool ok = !sync || sync_find(cli->pg, MAP_BASE, sync, for_rollback, sync_id, err);
    const char *params[] = {MAP_BASE, mapping_key(ok && sync ? sync_id : NULL, &arena)};
    ok = ok && pg_query(cli->pg, sql_query("map_mapping"), 2, params, &rows, err);
    if (ok && pg_count(rows) == 0)
        ok = err_set(err, ERR_SCHEMA, "run artsync map again", "the mapping of this run is not kept in the database");
    *text = ok ? mem_dup(pg_get(rows, 0, 0)) : NULL;
    pg_rows_free(rows);
    arena_free(&arena);
    return ok;
}

bool map_base_use(Cli *cli, Err *err)
{
    bool named = strcmp(cli->base_name, MAP_BASE) == 0, meant = false;
    const char *command = cli->arguments.command->name;
    char *text = NULL;
    if (!named && cli_given(cli, "base"))
        return true;
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) && is_meant(cli, named, &meant, err) &&
              (!meant || read_mapping(cli, cli_argument(cli, 0), strcmp(command, "rollback") == 0, &text, err));
    pg_rollback(cli->pg);
    Base *base = ok && meant ? base_map(text, err) : NULL;
    free(text);
    if (!base)
        return ok && !meant;
    base_free(cli->base);
    cli->base = base;
    cli->base_name = MAP_BASE;
    return true;
}

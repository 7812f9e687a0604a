/* lookup.c - questions about earlier runs: sync ids, and what a sync would do now. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/csv.h"
#include "artsync/embed.h"
#include "artsync/shell.h"
#include "engine.h"

bool sync_find(Pg *pg, const char *base, const char *text, bool for_rollback, char sync_id[51], Err *err)
{
    enum { ROLLBACK_PREFIX = 4 };
    PgRows *rows = NULL;
    bool last = strcmp(text, "last") == 0;
    if (!*text)
        return err_set(err, ERR_USAGE, command_hint("to list the syncs: {}", "history"), "the sync id is empty");
    if (for_rollback && strlen(text) < ROLLBACK_PREFIX)
        return err_set(err, ERR_USAGE, command_hint("to list the syncs: {}", "history"),
                       "%s is too short for a rollback: give at least %d characters of the sync id", text,
                       ROLLBACK_PREFIX);
    const char *query = !last ? "sync_by_prefix" : for_rollback ? "sync_last_undoable" : "sync_last";
    const char *params[] = {base, text};
    if (!pg_query(pg, sql_query(query), last ? 1 : 2, params, &rows, err))
        return false;
    int n = pg_count(rows);
    if (n == 1)
        snprintf(sync_id, 51, "%s", pg_get(rows, 0, 0));
    pg_rows_free(rows);
    if (n == 1)
        return true;
    if (n > 1)
        return err_set(err, ERR_USAGE, command_hint("give more of its characters; to list the syncs: {}", "history"),
                       "several syncs begin with %s", text);
    if (last)
        return err_set(err, ERR_USAGE, NULL, "there is no sync of the base %s%s yet", base,
                       for_rollback ? " that could be undone" : "");
    return err_set(err, ERR_USAGE, command_hint("to list the syncs: {}", "history"), "no sync of the base %s has the id %s", base, text);
}

static bool last_sync(Pg *pg, PendingStatus *o, Err *err)
{
    PgRows *rows = NULL;
    const char *params[] = {o->table->base->name, o->table->name};
    if (!pg_row(pg, sql_query("table_last_sync"), 2, params, &rows, err))
        return false;
    snprintf(o->last_sync_id, sizeof o->last_sync_id, "%s", pg_get(rows, 0, 0) ? pg_get(rows, 0, 0) : "");
    snprintf(o->last_synced_at, sizeof o->last_synced_at, "%s", pg_get(rows, 0, 1) ? pg_get(rows, 0, 1) : "");
    o->open_rejects = pg_int(rows, 0, 2);
    pg_rows_free(rows);
    return true;
}

bool sync_pending_status(Pg *pg, const Base *base, const SyncOptions *options, Phase phase, PendingStatus *statuses, Arena *arena,
                  Err *err)
{
    const OnConflict on_conflict = conflict_choice(options, phase);
    for (int i = 0; i < base->n_tables; i++) {
        PendingStatus *o = &statuses[i];
        *o = (PendingStatus){.table = &base->tables[i]};
        o->path = arena_printf(arena, "%s/%s", options->export_dir, o->table->file);
        o->file = o->table->file;
        Err trouble = {0};
        if (!csv_hash(o->path, o->sha256, &trouble)) {
            o->missing = trouble.code == ERR_MISSING;
            if (!o->missing) {
                *err = trouble;
                return false;
            }
            o->sha256[0] = '\0';
            err_clear(&trouble);
        }
        bool skip = false;
        char *fingerprint = NULL;
        const SkipCase file = {.table = o->table, .sha256 = o->sha256, .mode = options->mode, .on_conflict = on_conflict};
        bool ok = last_sync(pg, o, err) &&
                  (o->missing || skip_allowed(pg, &file, &skip, &fingerprint, err));
        free(fingerprint);
        if (!ok)
            return false;
        o->changed = !o->missing && !skip;
    }
    return true;
}

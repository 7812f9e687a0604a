/* pending.c - what a sync would do now. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/shell.h"
#include "run.h"

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

bool sync_pending_status(const Session *session, const SyncOptions *options, Phase phase, PendingStatus *statuses,
                         Arena *arena, Err *err)
{
    Pg *pg = session->data;
    const Base *base = session->base;
    const OnConflict on_conflict = conflict_choice(options, phase);
    Source *sources = arena_alloc(arena, sizeof *sources * (size_t)(base->n_tables + 1));
    LinkExport *exports = arena_alloc(arena, sizeof *exports * (size_t)(base->n_tables + 1));
    for (int i = 0; i < base->n_tables; i++) {
        PendingStatus *o = &statuses[i];
        *o = (PendingStatus){.table = &base->tables[i]};
        Err trouble = {0};
        bool found = source_find(o->table, &options->places, arena, &sources[i], &trouble);
        o->path = sources[i].location;
        o->file = sources[i].name;
        if (!found || !source_fingerprint(&sources[i], &trouble)) {
            o->missing = trouble.code == ERR_MISSING;
            if (!o->missing) {
                *err = trouble;
                return false;
            }
            err_clear(&trouble);
        }
        memcpy(o->sha256, sources[i].fingerprint, sizeof o->sha256);
        exports[i].source = o->missing ? NULL : &sources[i]; /* linked tables come first */
        bool skip = false;
        char *fingerprint = NULL;
        const SkipCase file = {.table = o->table,
                               .fingerprint = o->sha256,
                               .exports = exports,
                               .mode = options->mode,
                               .on_conflict = on_conflict};
        bool ok = last_sync(pg, o, err) &&
                  (o->missing || skip_allowed(pg, &file, &skip, &fingerprint, &o->open_rejects, err));
        free(fingerprint);
        if (!ok)
            return false;
        o->changed = !o->missing && !skip;
    }
    return true;
}

/* run_log.c - a sync's rows in public.sync_logs: what it begins with, what each table came to. */
#include <stdlib.h>

#include "artsync/counters.h"
#include "artsync/embed.h"
#include "run.h"

bool run_log_start(Run *run, Err *err)
{
    SyncResult *result = run->result;
    RunlogRow *rows = mem_alloc(sizeof *rows * (size_t)(result->n_tables + 1));
    for (int i = 0; i < result->n_tables; i++) {
        const SyncTable *t = &result->tables[i];
        rows[i] = (RunlogRow){t->replay || run->options->manual ? "manual" : sync_mode_name(result->mode),
                              t->table->name,
                              t->source.name,
                              t->source.fingerprint,
                              t->replay,
                              &run->log_ids[i]};
    }
    bool ok = runlog_begin(run->session, result->sync_id, rows, result->n_tables, err);
    free(rows);
    return ok;
}

static bool complete_one(Run *run, int i, Err *err)
{
    enum { FIRST = 1, FLAGS = FIRST + COUNTERS, PARAMS = FLAGS + 6 }; /* of log_complete.sql, from 0 */
    const SyncTable *t = &run->result->tables[i];
    Arena arena = {0};
    const char *params[PARAMS] = {arena_printf(&arena, "%lld", (long long)run->log_ids[i])};
    for (int c = 0; c < COUNTERS; c++)
        params[FIRST + c] = arena_printf(&arena, "%lld", (long long)counter_value(&counters[c], &t->counts));
    params[FLAGS] = t->skipped ? "t" : "f";
    params[FLAGS + 1] = run->result->forced ? "t" : "f";
    params[FLAGS + 2] = mapping_hash(t->table, &arena);
    params[FLAGS + 3] = t->links_hash;
    params[FLAGS + 4] = t->header;
    params[FLAGS + 5] = t->rows_hash;
    int64_t done = 0;
    bool ok = pg_run(run->session->data, sql_query("log_complete"), PARAMS, params, &done, err);
    if (ok && done != 1)
        ok = err_set(err, ERR_DATABASE, "sync again", "%s: the sync's row in sync_logs is not running any more",
                     t->table->name);
    arena_free(&arena);
    return ok;
}

bool run_log_complete(Run *run, Err *err)
{
    for (int i = 0; i < run->result->n_tables; i++)
        if (!complete_one(run, i, err))
            return false;
    return true;
}

/* run.c - one sync: files, lock, log, every table, COMMIT. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/clock.h"
#include "artsync/interrupt.h"
#include "artsync/progress.h"
#include "artsync/shell.h"
#include "artsync/utf8.h"
#include "run.h"

/* ---- which tables, from which files ---- */

static const char *file_option(const SyncOptions *options, const char *table)
{
    for (int i = 0; i < options->n_files; i++)
        if (strcmp(options->files[i].table, table) == 0)
            return options->files[i].path;
    return NULL;
}

static bool wanted(const SyncOptions *options, const char *table)
{
    if (file_option(options, table))
        return true;
    if (!options->places.folder)
        return false;
    for (int i = 0; i < options->tables.n; i++)
        if (strcmp(options->tables.items[i], table) == 0)
            return true;
    return options->tables.n == 0;
}

static bool check_name(const Base *base, const char *name, const char *option, Err *err)
{
    if (base_table(base, name))
        return true;
    Buf hint = {0};
    buf_str(&hint, "the tables are");
    for (int i = 0; i < base->n_tables; i++)
        buf_printf(&hint, "%s %s", i ? "," : "", base->tables[i].name);
    err_set(err, ERR_USAGE, hint.data, "%s: the base %s has no table %s", option, base->name, name);
    buf_free(&hint);
    return false;
}

static bool resolve_tables(SyncResult *result, const Base *base, const SyncOptions *options, Err *err)
{
    for (int i = 0; i < options->n_files; i++)
        if (!check_name(base, options->files[i].table, "--file", err))
            return false;
    for (int i = 0; i < options->tables.n; i++)
        if (!check_name(base, options->tables.items[i], "--table", err))
            return false;
    result->tables = arena_alloc(&result->arena, sizeof *result->tables * (size_t)base->n_tables);
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        if (!wanted(options, table->name))
            continue;
        SyncTable *t = &result->tables[result->n_tables++];
        const char *path = file_option(options, table->name);
        t->table = table;
        t->replay = path != NULL;
        if (path)
            t->source = source_at(table, path);
        else if (!source_find(table, &options->places, &result->arena, &t->source, err))
            return false;
    }
    return true;
}

/* Does some table of this run link to `to`? */
static bool is_linked_to(const SyncResult *result, const Table *to)
{
    for (int i = 0; i < result->n_tables; i++)
        for (int c = 0; c < result->tables[i].table->n_columns; c++)
            if (result->tables[i].table->columns[c].to == to)
                return true;
    return false;
}

/* The tables' own sources; of linked tables that this run does not sync, what there is of them. */
static bool find_exports(Run *run, Err *err)
{
    SyncResult *result = run->result;
    const Base *base = run->session->base;
    for (int i = 0; i < result->n_tables; i++)
        run->exports[result->tables[i].table->index].source = &result->tables[i].source;
    for (int i = 0; i < base->n_tables && run->options->places.folder; i++) {
        if (run->exports[i].source || !is_linked_to(result, &base->tables[i]))
            continue;
        Err missing = {0};
        Source *source = arena_alloc(&result->arena, sizeof *source);
        const Table *table = &base->tables[i];
        if (source_find(table, &run->options->places, &result->arena, source, &missing) &&
            (source_check(source, &missing) || err_context(&missing, "%s", table->name)))
            run->exports[i].source = source;
        else if (missing.code != ERR_MISSING) {
            *err = missing;
            return false;
        }
        err_clear(&missing);
    }
    return true;
}

/* Before anything is waited for: a source that is not there is said at once. */
static bool check_sources(SyncResult *result, Err *err)
{
    for (int i = 0; i < result->n_tables; i++) {
        const SyncTable *t = &result->tables[i];
        if (!source_check(&t->source, err))
            return err_context(err, "%s", t->table->name);
        if (!utf8_valid(str_of(t->source.name), NULL))
            return err_set(err, ERR_USAGE, "rename the file: its name is kept in the log, as UTF-8",
                           "%s: the file name %s is not UTF-8", t->table->name, t->source.label);
    }
    return true;
}

/* Under the lock: while a sync waits for another one, its files may be replaced. */
static bool take_fingerprints(SyncResult *result, Err *err)
{
    for (int i = 0; i < result->n_tables; i++) {
        progress_table(result->tables[i].source.name);
        progress_phase("looking for changes");
        if (!source_fingerprint(&result->tables[i].source, err))
            return err_context(err, "%s", result->tables[i].table->name);
    }
    return true;
}

/* ---- what must hold before anything begins ---- */

static bool check_phase(Run *run, Err *err)
{
    Phase phase;
    if (!phase_read(run->session->data, run->session->base->name, &phase, err))
        return false;
    run->on_conflict = conflict_choice(run->options, phase);
    if (phase == PHASE_ARCHIVE)
        return err_set(err, ERR_REFUSED, command_hint("to go back, set the phase: {}", "phase primary"),
                       "the base %s is in phase archive: the database is authoritative and nothing is synced into it",
                       run->session->base->name);
    if (phase == PHASE_PRIMARY && run->options->mode != SYNC_INCREMENTAL) {
        if (!run->options->force)
            return err_set(err, ERR_REFUSED, "sync incrementally, or give --force to replace edits by the export",
                           "the base %s is in phase primary: mode %s would write over people's edits",
                           run->session->base->name, sync_mode_name(run->options->mode));
        run->result->forced = true;
    }
    return true;
}

/* Mode full deactivates rows: every table needs a column for it, and has to be artsync's. */
static bool check_active(const Run *run, Err *err)
{
    for (int i = 0; run->options->mode == SYNC_FULL && i < run->result->n_tables; i++)
        if (run->result->tables[i].table->foreign)
            return err_set(err, ERR_REFUSED, "sync this table in mode incremental or merge",
                           "%s: mode full deactivates rows, and \"metadata\": false leaves the table as it is",
                           run->result->tables[i].table->name);
    for (int i = 0; run->options->mode == SYNC_FULL && i < run->result->n_tables; i++)
        if (!run->result->tables[i].table->metadata[META_ACTIVE])
            return err_set(err, ERR_REFUSED,
                           "sync this table in mode incremental or merge, or map is_active in \"metadata\"",
                           "%s: mode full deactivates rows, and \"metadata\" leaves is_active out",
                           run->result->tables[i].table->name);
    return true;
}

static bool begin(Run *run, Err *err)
{
    const SyncOptions *options = run->options;
    return session_begin(run->session, run->result->sync_id, options->wait_seconds, err) &&
           (!options->prepare ||
            options->prepare(options->prepare_ctx, run->session->data, run->result->sync_id, err)) &&
           check_phase(run, err);
}

static bool run_tables(Run *run, Err *err)
{
    int64_t rejected = 0;
    for (int i = 0; i < run->result->n_tables; i++) {
        if (!interrupt_check(err) || !table_run_execute(run, i, err))
            return false;
        rejected += run->result->tables[i].counts.rejected;
    }
    if (run->options->strict && rejected > 0)
        return err_set(err, ERR_REFUSED, "fix what was rejected, or sync without --strict",
                       "%lld %s rejected and --strict allows none", (long long)rejected,
                       rejected == 1 ? "record was" : "records were");
    return true;
}

/* ---- the end ---- */

static bool finish(Run *run, Err *err)
{
    if (run->options->dry_run) {
        pg_rollback(run->session->data);
        return true;
    }
    return run_log_complete(run, err) && session_commit(run->session, run->result->sync_id, err);
}

static void prepare(SyncResult *result, const SyncOptions *options)
{
    *result = (SyncResult){.mode = options->mode,
                           .dry_run = options->dry_run,
                           .status = "failed",
                           .cleaning = cleaning_report_new(),
                           .rejects = spool_new(),
                           .conflicts = spool_new(),
                           .not_found = spool_new(),
                           .changes = spool_new()};
    uuid_new(result->sync_id);
    clock_utc(result->started_at);
}

bool sync_run(const Session *session, const SyncOptions *options, SyncResult *result, Err *err)
{
    const Base *base = session->base;
    int64_t start = clock_ms();
    prepare(result, options);
    Run run = {.session = session, .options = options, .result = result};
    run.links = mem_alloc(sizeof *run.links * (size_t)base->n_tables);
    run.exports = mem_alloc(sizeof *run.exports * (size_t)base->n_tables);
    run.fresh = mem_alloc(sizeof *run.fresh * (size_t)base->n_tables);
    run.log_ids = mem_alloc(sizeof *run.log_ids * (size_t)base->n_tables);

    bool logged = false;
    bool ok = resolve_tables(result, base, options, err) && find_exports(&run, err) && check_sources(result, err) &&
              check_active(&run, err) && begin(&run, err) && take_fingerprints(result, err);
    if (ok && !options->dry_run) {
        logged = true; /* also if it fails: the reply to its COMMIT may be what was lost */
        ok = run_log_start(&run, err);
    }
    ok = ok && run_tables(&run, err) && finish(&run, err);
    if (ok) {
        result->status = options->dry_run ? "dry_run" : "completed";
    } else {
        session_abort(session, result->sync_id, logged, err);
    }
    source_databases_end(options->places.databases);
    for (int i = 0; i < base->n_tables; i++)
        link_index_free(run.links[i]);
    free(run.links);
    free(run.exports);
    free(run.fresh);
    free(run.log_ids);
    result->duration_ms = clock_ms() - start;
    return ok;
}

void sync_result_free(SyncResult *result)
{
    cleaning_report_free(result->cleaning);
    spool_free(result->rejects);
    spool_free(result->conflicts);
    spool_free(result->not_found);
    spool_free(result->changes);
    arena_free(&result->arena);
    *result = (SyncResult){0};
}

ExitStatus sync_result_status(const SyncResult *result)
{
    for (int i = 0; i < result->n_tables; i++)
        if (result->tables[i].counts.new_rejects > 0 || result->tables[i].counts.conflicts > 0)
            return EXIT_ATTENTION;
    return EXIT_DONE;
}

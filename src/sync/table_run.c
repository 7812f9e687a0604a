/* table_run.c - one table: is there anything to read, which writer takes it, what its log row says. */
#include <stdlib.h>

#include "artsync/clock.h"
#include "artsync/embed.h"
#include "artsync/load.h"
#include "artsync/merge.h"
#include "artsync/progress.h"
#include "run.h"

/* One table and what its writer works with. */
typedef struct Work {
    Run *run;
    int i; /* in the result */
    SyncTable *result;
    TableRun table;
    Stage stage;
    const RecordWriter *kind;
    void *writer;
} Work;

static void open_work(Work *work, Run *run, int i)
{
    SyncTable *result = &run->result->tables[i];
    *work = (Work){.run = run, .i = i, .result = result};
    work->table = (TableRun){.pg = run->session->data,
                             .table = result->table,
                             .source = &result->source,
                             .counts = &result->counts,
                             .report = run->result->cleaning,
                             .links = run->links,
                             .exports = run->exports,
                             .skips_unchanged = run->options->mode == SYNC_INCREMENTAL};
    work->stage = (Stage){.pg = run->session->data, .table = result->table, .log_id = run->log_ids[i]};
}

static void close_work(Work *work)
{
    if (work->kind)
        work->kind->free(work->writer);
    stage_free(&work->stage);
    table_run_free(&work->table);
}

/* What the database knows of the table. */
static bool prepare(Work *work, Err *err)
{
    bool ok = table_prepare(&work->table, err);
    work->stage.present = work->table.header.present;
    return ok;
}

/* ---- what must hold, what is noted ---- */

static bool guard_rejects(const Work *work, Err *err)
{
    const TableCounts *counts = work->table.counts;
    if (!limit_exceeded(work->run->options->max_rejects, counts->rejected, counts->read))
        return true;
    if (work->run->options->force) {
        work->run->result->forced = true;
        return true;
    }
    return err_set(err, ERR_GUARD, "fix the export or the mapping, raise --max-rejects, or give --force",
                   "%s: %lld of %lld records of %s were rejected, more than --max-rejects allows",
                   work->table.table->name, (long long)counts->rejected, (long long)counts->read,
                   work->table.source->name);
}

/* The numbers must add up, whatever happened: read = created + updated + unchanged + rejected + skipped records. */
static bool check_sum(const Work *work, Err *err)
{
    const TableCounts *c = work->table.counts;
    int64_t sum = c->created + c->updated + c->unchanged + c->rejected + c->skipped_records + c->not_found;
    if (c->read == sum)
        return true;
    return err_set(
        err, ERR_DATABASE, "please report this: it is a defect of artsync",
        "%s: %lld records read, but %lld created + %lld updated + %lld unchanged + %lld rejected + %lld skipped + "
        "%lld not found",
        work->table.table->name, (long long)c->read, (long long)c->created, (long long)c->updated,
        (long long)c->unchanged, (long long)c->rejected, (long long)c->skipped_records, (long long)c->not_found);
}

/* Was some record rejected for a unique key? Then it depends on what the rows hold. */
static bool note_keys(const Work *work, Buf *hash, Err *err)
{
    if (!work->stage.made || work->table.counts->rejected == 0)
        return true;
    char *some = NULL;
    bool ok = pg_value(work->table.pg, sql_query("stage_unique_rejects"), 0, NULL, &some, err) &&
              (some[0] == 'f' || keys_fingerprint(work->table.pg, work->table.table, hash, err));
    free(some);
    return ok;
}

/* For the table's log row: what rejected links depend on (the rows), rejected keys (the rows' keys), and links by name
 * (the linked tables' exports). */
static bool note_links(const Work *work, Err *err)
{
    const TableRun *table = &work->table;
    char *rows = NULL;
    Buf hash = {0};
    bool ok = !table->seen.link_rejects || links_fingerprint(table->pg, table->table, &rows, err);
    if (ok && rows)
        buf_str(&hash, rows);
    ok = ok && note_keys(work, &hash, err) &&
         exports_fingerprint(table->table, table->seen.links_by_name, table->exports, &hash, err);
    if (ok && hash.len)
        work->result->links_hash = arena_str(&work->run->result->arena, hash.data);
    buf_free(&hash);
    free(rows);
    return ok;
}

/* Where rows neither came nor changed their id, their fingerprint is that of the rows read at the beginning. */
static void note_same_rows(const Work *work)
{
    const TableRun *table = &work->table;
    if (table->counts->created == 0 && !work->stage.adopts && !table->table->catalog->has_foreign_triggers)
        work->result->rows_hash = record_index_fingerprint(table->index, &work->run->result->arena);
}

static void note_unmapped(const Work *work)
{
    const StringList *unmapped = &work->table.header.unmapped;
    StringList *kept = &work->result->unmapped;
    Arena *arena = &work->run->result->arena;
    kept->items = arena_alloc(arena, sizeof *kept->items * (size_t)(unmapped->n + 1));
    for (kept->n = 0; kept->n < unmapped->n; kept->n++)
        kept->items[kept->n] = arena_str(arena, unmapped->items[kept->n]);
}

/* ---- the writers ---- */

/* A table that is only updated is first made equal to its source: until then nothing is known of whose edits its rows
 * hold. */
static SyncMode mode_of(const Work *work)
{
    const TableRun *table = &work->table;
    bool first = table->table->updates_only && !record_index_has_state(table->index);
    return first && work->run->options->mode == SYNC_INCREMENTAL ? SYNC_MERGE : work->run->options->mode;
}

static bool begin_merge(Work *work, Err *err)
{
    const SyncOptions *options = work->run->options;
    SyncResult *result = work->run->result;
    const MergeOptions merge = {.stage = &work->stage,
                                .mode = mode_of(work),
                                .on_conflict = work->run->on_conflict,
                                .deactivates = options->mode == SYNC_FULL && !work->result->replay,
                                .max_deactivate = options->max_deactivate,
                                .force = options->force,
                                .forced = &result->forced,
                                .cleaning = result->cleaning,
                                .conflicts = result->conflicts,
                                .not_found = result->not_found,
                                .changes = options->want_changes ? result->changes : NULL};
    work->kind = &merge_writer;
    return work->kind->begin(&work->writer, &work->table, &merge, err);
}

static bool begin_load(Work *work, Err *err)
{
    const LoadOptions load = {
        .stage = &work->stage, .fresh = work->run->fresh, .conflicts = work->run->result->conflicts};
    work->kind = &load_writer;
    return work->kind->begin(&work->writer, &work->table, &load, err);
}

/* A load tells no change field by field. */
static bool may_load(const Work *work) { return !work->run->options->want_changes && load_is_possible(&work->table); }

/* The one place that picks a writer: the first row whose `may` holds. */
static const struct {
    bool (*may)(const Work *work); /* of the last: NULL, it takes every table */
    bool (*begin)(Work *work, Err *err);
} writers[] = {
    {may_load, begin_load},
    {NULL, begin_merge},
};

static bool begin_writer(Work *work, Err *err)
{
    int i = 0;
    while (writers[i].may && !writers[i].may(work))
        i++;
    return writers[i].begin(work, err);
}

/* From the source to the table, its history and its log. */
static bool read_and_apply(Work *work, Err *err)
{
    if (!table_read(&work->table, work->kind, work->writer, err))
        return false;
    note_unmapped(work);
    return work->kind->finish(work->writer, err) && rejects_write(work->run, work->i, &work->table, err) &&
           note_links(work, err) && (work->result->replay || marks_keep(&work->table, err)) && check_sum(work, err) &&
           guard_rejects(work, err) && stage_drop(&work->stage, err);
}

/* What the first writer did was undone: the same records by a merge. What cleaning told is not told again. */
static bool read_again(Work *work, const SyncTable *before, Err *err)
{
    Run *run = work->run;
    int i = work->i;
    close_work(work);
    *work->result = *before;
    open_work(work, run, i);
    work->table.report = NULL;
    return prepare(work, err) && begin_merge(work, err) && read_and_apply(work, err);
}

/* Read the source and write the table. */
static bool sync_table(Run *run, int i, Err *err)
{
    Work work;
    open_work(&work, run, i);
    const SyncTable before = *work.result;
    const int own = work.result->table->index;
    progress_table(work.result->table->name);
    progress_phase("locking the table");
    bool ok = stage_lock_table(work.table.pg, work.table.table, err) && prepare(&work, err) && begin_writer(&work, err);
    if (ok) {
        Err refusal = {0};
        ok = read_and_apply(&work, &refusal);
        if (!ok && work.kind->undo && work.kind->undo(work.writer, &refusal, err))
            ok = read_again(&work, &before, err);
        else if (!ok && err->code == ERR_NONE)
            *err = refusal, refusal = (Err){0};
        err_clear(&refusal);
    }
    if (ok)
        note_same_rows(&work);
    if (ok) {
        work.result->matched = record_index_matched(work.table.index);
        work.result->rows_without_record = record_index_rows(work.table.index) - work.result->matched;
    }
    work.result->counts.warnings = cleaning_report_warning_count(run->result->cleaning, work.result->table);
    close_work(&work);
    /* its rows may be new or renamed: tables that link to it load it afresh */
    link_index_free(run->links[own]);
    run->links[own] = NULL;
    return ok;
}

/* ---- anything to read? ---- */

/* Which rows the table ends up with: the next sync may skip the file if they are still there. */
static void keep_fingerprint(Run *run, SyncTable *t, char *fingerprint)
{
    if (fingerprint)
        t->rows_hash = arena_str(&run->result->arena, fingerprint);
    free(fingerprint);
}

static bool note_ids(Run *run, SyncTable *t, Err *err)
{
    if (run->options->dry_run || t->rows_hash)
        return true;
    char *fingerprint = NULL;
    bool ok = ids_fingerprint(run->session->data, t->table, &fingerprint, err);
    keep_fingerprint(run, t, fingerprint);
    return ok;
}

static bool may_skip(Run *run, SyncTable *t, Err *err)
{
    char *fingerprint = NULL;
    const SkipCase source = {.table = t->table, .fingerprint = t->source.fingerprint, .exports = run->exports,
                             .replay = t->replay,
                             .mode = run->options->mode, .on_conflict = run->on_conflict};
    bool ok = skip_allowed(run->session->data, &source, &t->skipped, &fingerprint, &t->open_rejects, err);
    if (t->skipped)
        keep_fingerprint(run, t, fingerprint);
    else
        free(fingerprint);
    return ok;
}

bool table_run_execute(Run *run, int i, Err *err)
{
    SyncTable *t = &run->result->tables[i];
    int64_t start = clock_ms();
    bool ok = may_skip(run, t, err) && (t->skipped || sync_table(run, i, err)) && note_ids(run, t, err);
    run->exports[t->table->index].synced = true; /* now, or where it is skipped at an earlier sync */
    t->ms = clock_ms() - start;
    return ok;
}

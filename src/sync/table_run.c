/* table_run.c - one table: from what the database knows to history and log. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "artsync/csv.h"
#include "artsync/log.h"
#include "engine.h"

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Other writers wait until the sync ends, readers never do: what is read here stays true until it is written. */
bool table_lock(Pg *pg, const Table *table, Err *err)
{
    Buf sql = {0};
    sql_expand(&sql, table, "LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
    bool ok = pg_run(pg, sql.data, 0, NULL, NULL, err);
    if (!ok && err->code == ERR_TIMEOUT)
        err_context(err, "%s: another transaction kept the table", table->name);
    buf_free(&sql);
    return ok;
}

enum { PROGRESS_EVERY = 10000 }; /* records */

static bool put_raw(void *ctx, const RawRecord *record, Err *err)
{
    TableRun *turn = ctx;
    if (record->position.number == 0) {
        turn->header = record->position;
        return cleaner_put(turn->cleaner, record, err) && intake_header(turn, err);
    }
    if (record->position.number % PROGRESS_EVERY == 0)
        log_progress("%s: %lld records read", turn->table->name, (long long)record->position.number);
    return cleaner_put(turn->cleaner, record, err);
}

static void note_unmapped(TableRun *turn)
{
    StringList unmapped = cleaner_unmapped(turn->cleaner), *kept = &turn->counts->unmapped;
    if (!turn->run->result) /* parity */
        return;
    Arena *arena = &turn->run->result->arena;
    kept->items = arena_alloc(arena, sizeof *kept->items * (size_t)(unmapped.n + 1));
    for (kept->n = 0; kept->n < unmapped.n; kept->n++)
        kept->items[kept->n] = arena_str(arena, unmapped.items[kept->n]);
}

bool table_run_stream(TableRun *turn, Err *err)
{
    Run *run = turn->run;
    CleanerOptions options = {.table = turn->table, .links = (const LinkIndex *const *)run->links, .path = turn->path,
                              .marks = marks_of_numbers, .marks_ctx = turn};
    RecordSink sink = intake_sink(turn);
    if (!marks_date_order(turn, &options.date_order, err))
        return false;
    turn->cleaner = cleaner_new(&options, turn->report, &sink);
    if (!csv_read(turn->path, put_raw, turn, &turn->file, err) || !cleaner_finish(turn->cleaner, err))
        return false;
    note_unmapped(turn);
    if (strcmp(turn->file.sha256, turn->counts->sha256) != 0)
        return err_set(err, ERR_CSV, "let the export finish, then sync again", "%s: the file changed while it was read",
                       turn->path);
    return batch_flush(turn, err);
}

static bool write_stage(TableRun *turn, Err *err)
{
    if (turn->live == 0)
        return true;
    return pg_run(turn->run->pg, "ANALYZE pg_temp.artsync_stage", 0, NULL, NULL, err) && rules_enforce(turn, err) &&
           apply_stage(turn, err);
}

static bool guard_rejects(TableRun *turn, Err *err)
{
    const SyncTable *counts = turn->counts;
    if (!limit_exceeded(turn->run->options->max_rejects, counts->rejected, counts->read))
        return true;
    if (turn->run->options->force) {
        turn->run->result->forced = true;
        return true;
    }
    return err_set(err, ERR_GUARD, "mend the export or the mapping, raise --max-rejects, or give --force",
                   "%s: %lld of %lld records of %s were rejected, more than --max-rejects allows", turn->table->name,
                   (long long)counts->rejected, (long long)counts->read, counts->file);
}

/* The numbers must add up, whatever happened: read = created + updated + unchanged + rejected + skipped records. */
static bool check_sum(const TableRun *turn, Err *err)
{
    const SyncTable *c = turn->counts;
    int64_t sum = c->created + c->updated + c->unchanged + c->rejected + c->skipped_records;
    if (c->read == sum)
        return true;
    return err_set(err, ERR_DATABASE, "please report this: it is a defect of artsync",
                   "%s: %lld records read, but %lld created + %lld updated + %lld unchanged + %lld rejected + %lld skipped",
                   turn->table->name, (long long)c->read, (long long)c->created, (long long)c->updated,
                   (long long)c->unchanged, (long long)c->rejected, (long long)c->skipped_records);
}

/* What rejected links rest on, for the table's log row. */
static bool note_links(TableRun *turn, Err *err)
{
    if (!turn->link_rejects)
        return true;
    char *hash = NULL;
    bool ok = linked_fingerprint(turn->run->pg, turn->table, &hash, err);
    if (ok)
        turn->counts->links_hash = arena_str(&turn->run->result->arena, hash);
    free(hash);
    return ok;
}

/* From the file to the table. */
static bool read_and_apply(TableRun *turn, Err *err)
{
    bool full = turn->run->options->mode == SYNC_FULL && !turn->replay;
    if (!table_run_stream(turn, err))
        return false;
    if (turn->load)
        return load_finish(turn, err);
    return (!full || deactivate_absent(turn, err)) && write_stage(turn, err); /* what is gone may make room */
}

/* People made rows active again that a sync had deactivated: should they deactivate one later, it stays so. */
static bool clear_deactivated(TableRun *turn, Err *err)
{
    if (record_index_clear_deactivated(turn->known) == 0)
        return true;
    Buf sql = {0};
    plan_state_clear_deactivated(&sql, turn->table);
    bool ok = pg_run(turn->run->pg, sql.data, 0, NULL, NULL, err);
    buf_free(&sql);
    return ok;
}

static bool take(TableRun *turn, Err *err)
{
    return clear_deactivated(turn, err) && read_and_apply(turn, err) && history_write(turn, err) && heirs_write(turn, err) &&
           rejects_write(turn, err) && note_links(turn, err) && marks_keep(turn, err) && check_sum(turn, err) && guard_rejects(turn, err) &&
           stage_drop(turn, err);
}

void table_run_free(TableRun *turn)
{
    cleaner_free(turn->cleaner);
    record_index_free(turn->known);
    record_index_free(turn->bad);
    natural_free(turn->natural);
    former_free(&turn->former);
    heirs_free(&turn->heirs);
    layouts_free(&turn->layouts);
    batch_free(&turn->batch);
    arena_free(&turn->scratch);
    load_free(turn);
    detector_free(turn->detector);
    free(turn->marks_before);
    free(turn->present);
    free(turn->key_bits);
}

bool table_run_prepare(TableRun *turn, Err *err)
{
    Pg *pg = turn->run->pg;
    turn->known = record_index_new();
    turn->bad = record_index_new();
    return record_index_load(turn->known, pg, turn->table, err) && layouts_load(&turn->layouts, pg, turn->table, err) &&
           linked_load(turn->run, turn->table, err) && marks_load(turn, err) && pg_zones(pg, turn->table->base, err);
}

static bool file_size(const char *path, int64_t *size, Err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return err_set(err, ERR_IO, NULL, "%s: %s", path, strerror(errno));
    *size = (int64_t)st.st_size;
    return true;
}

/* Where rows neither came nor changed their id, their fingerprint is that of the rows read at the beginning. */
static void note_same_rows(const TableRun *turn)
{
    if (turn->counts->created == 0 && !turn->adopts && !turn->table->catalog->has_foreign_triggers)
        turn->counts->rows_hash = record_index_fingerprint(turn->known, &turn->run->result->arena);
}

/* Read the file and write the table; the first load of an empty table may have to be taken again the ordinary way. */
static bool read_table(Run *run, int i, Err *err)
{
    SyncTable *counts = &run->result->tables[i];
    const TableRun fresh = {.run = run, .table = counts->table, .counts = counts, .log_id = run->log_ids[i],
                        .path = counts->path, .replay = counts->replay, .report = run->result->cleaning, .asked = -1};
    const SyncTable zero = *counts;
    TableRun turn = fresh;
    Err refusal = {0};
    int64_t size = 0;
    bool ok = table_lock(run->pg, turn.table, err) && table_run_prepare(&turn, err) && file_size(turn.path, &size, err) &&
              load_begin(&turn, size, err) && take(&turn, &refusal);
    if (!ok && load_should_fall_back(&turn, &refusal)) {
        err_clear(&refusal);
        table_run_free(&turn);
        turn = fresh;
        turn.report = NULL;
        *counts = zero;
        run->fresh[turn.table->index] = false;
        ok = pg_rollback_to(run->pg, "artsync_load", err) && table_run_prepare(&turn, err) && take(&turn, err);
    } else if (!ok && refusal.code != ERR_NONE) {
        *err = refusal;
    }
    if (ok)
        note_same_rows(&turn);
    counts->warnings = cleaning_report_warning_count(run->result->cleaning, turn.table);
    table_run_free(&turn);
    /* its rows may be new or renamed: tables that link to it load it afresh */
    link_index_free(run->links[counts->table->index]);
    run->links[counts->table->index] = NULL;
    return ok;
}

/* Which rows the table ends up with: the next sync may skip the file if they are still there. */
static void keep_fingerprint(Run *run, SyncTable *counts, char *fingerprint)
{
    if (fingerprint)
        counts->rows_hash = arena_str(&run->result->arena, fingerprint);
    free(fingerprint);
}

static bool note_ids(Run *run, SyncTable *counts, Err *err)
{
    if (run->options->dry_run || counts->rows_hash)
        return true;
    char *fingerprint = NULL;
    bool ok = ids_fingerprint(run->pg, counts->table, &fingerprint, err);
    keep_fingerprint(run, counts, fingerprint);
    return ok;
}

static bool may_skip(Run *run, SyncTable *counts, Err *err)
{
    char *fingerprint = NULL;
    const SkipCase file = {.table = counts->table, .sha256 = counts->sha256, .replay = counts->replay,
                           .mode = run->options->mode, .on_conflict = run->on_conflict};
    bool ok = skip_allowed(run->pg, &file, &counts->skipped, &fingerprint, err);
    if (counts->skipped)
        keep_fingerprint(run, counts, fingerprint);
    else
        free(fingerprint);
    return ok;
}

bool table_run_execute(Run *run, int i, Err *err)
{
    SyncTable *counts = &run->result->tables[i];
    int64_t start = now_ms();
    bool ok = may_skip(run, counts, err) && (counts->skipped || read_table(run, i, err)) && note_ids(run, counts, err);
    counts->ms = now_ms() - start;
    return ok;
}

/* table_read.c - one table's records: source, cleaner, identity, writer. */
#include <stdlib.h>

#include "artsync/progress.h"
#include "intake.h"

bool table_prepare(TableRun *run, Err *err)
{
    progress_table(run->table->name);
    progress_phase("reading its rows");
    run->index = record_index_new();
    run->header.present = arena_alloc(&run->arena, sizeof *run->header.present * (size_t)(run->table->n_columns + 1));
    run->seen.links_by_name =
        arena_alloc(&run->arena, sizeof *run->seen.links_by_name * (size_t)(run->table->n_columns + 1));
    return record_index_load(run->index, run->pg, run->table, err) &&
           links_load(run->links, run->pg, run->table, err) && marks_load(run, err) &&
           pg_zones(run->pg, run->table->base, err);
}

void table_run_free(TableRun *run)
{
    record_index_free(run->index);
    detector_free(run->marks.detector);
    arena_free(&run->arena);
    run->index = NULL;
    run->header.present = NULL;
}

enum { PROGRESS_EVERY = 16 }; /* records */

/* What the source's records go through. */
typedef struct Reading {
    Cleaner *cleaner;
    Intake intake;
} Reading;

static void note_unmapped(TableRun *run, StringList unmapped)
{
    StringList *kept = &run->header.unmapped;
    kept->items = arena_alloc(&run->arena, sizeof *kept->items * (size_t)(unmapped.n + 1));
    for (kept->n = 0; kept->n < unmapped.n; kept->n++)
        kept->items[kept->n] = arena_str(&run->arena, unmapped.items[kept->n]);
}

/* Where links are resolved by name, a name means the record that carries it in this export. */
static bool load_names(TableRun *run, const Cleaner *cleaner, Err *err)
{
    bool ok = true;
    for (int c = 0; ok && c < run->table->n_columns; c++) {
        const Table *to = run->table->columns[c].to;
        run->seen.links_by_name[c] = cleaner_links_by_name(cleaner, c) && run->exports[to->index].source;
        if (run->seen.links_by_name[c])
            ok = links_load_names(run->links[to->index], to, &run->exports[to->index], err);
    }
    return ok;
}

static bool put_header(Reading *reading, const RawRecord *record, Err *err)
{
    TableRun *run = reading->intake.run;
    run->header.position = record->position;
    if (!cleaner_put(reading->cleaner, record, err))
        return false;
    for (int c = 0; c < run->table->n_columns; c++)
        run->header.present[c] = cleaner_has_column(reading->cleaner, c);
    run->header.has_ids = cleaner_has_id(reading->cleaner);
    run->header.rules = cleaner_rules(reading->cleaner);
    return load_names(run, reading->cleaner, err) && intake_begin(&reading->intake, err);
}

static bool put_raw(void *ctx, const RawRecord *record, Err *err)
{
    Reading *reading = ctx;
    if (record->position.number == 0)
        return put_header(reading, record, err);
    if (record->position.number % PROGRESS_EVERY == 0)
        progress_read(source_reached(reading->intake.run->source, record->position.locator), record->position.number);
    return cleaner_put(reading->cleaner, record, err);
}

bool table_read(TableRun *run, const RecordWriter *kind, void *writer, Err *err)
{
    Reading reading = {.intake = {.run = run, .kind = kind, .writer = writer, .asked = -1}};
    reading.intake.rejected = record_index_new();
    CleanerOptions options = {.table = run->table,
                              .links = (const LinkIndex *const *)run->links,
                              .path = run->source->label,
                              .of_rows = run->source->kind->without_lines,
                              .marks = marks_of_numbers,
                              .marks_ctx = run};
    RecordSink sink = intake_sink(&reading.intake);
    bool ok = marks_date_order(run, &options.date_order, err);
    if (ok) {
        reading.cleaner = cleaner_new(&options, run->report, &sink);
        int64_t bytes = 0;
        Err unknown = {0}; /* then there is no percentage */
        source_size(run->source, &bytes, &unknown);
        err_clear(&unknown);
        progress_reading(bytes);
        ok = source_read(run->source, put_raw, &reading, err) && cleaner_finish(reading.cleaner, err);
    }
    if (ok) {
        note_unmapped(run, cleaner_unmapped(reading.cleaner));
        marks_note(run, reading.cleaner);
    }
    cleaner_free(reading.cleaner);
    intake_free(&reading.intake);
    return ok;
}

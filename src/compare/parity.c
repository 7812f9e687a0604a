/* parity.c - every mapped table with its file: compared one after the other, nothing written. */
#include "artsync/parity.h"

#include <stdlib.h>

#include "internal.h"

static void note_not_compared(ParityTable *parity, const bool *present, Arena *arena)
{
    const Table *table = parity->table;
    StringList *names = &parity->not_compared;
    names->items = arena_alloc(arena, sizeof *names->items * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        if (table->columns[c].type == FIELD_ATTACHMENTS || !present[c])
            names->items[names->n++] = table->columns[c].name;
}

/* A record that is as last time is compared all the same, since its row may have been edited. */
static bool compare_table(Pg *pg, LinkIndex **links, const LinkExport *exports, ParityTable *parity, Arena *arena,
                          Err *err)
{
    TableCounts counts = {0};
    TableRun run = {.pg = pg, .table = parity->table, .source = &parity->source, .counts = &counts, .links = links,
                    .exports = exports};
    const CompareOptions options = {parity};
    void *writer = NULL;
    bool ok = table_prepare(&run, err) && compare_writer.begin(&writer, &run, &options, err) &&
              table_read(&run, &compare_writer, writer, err) && compare_writer.finish(writer, err);
    if (ok) {
        note_not_compared(parity, run.header.present, arena);
        parity->records = counts.read;
        parity->skipped_records = counts.skipped_records;
        parity->rows = record_index_active_rows(run.index);
    }
    compare_writer.free(writer);
    table_run_free(&run);
    return ok || err_context(err, "%s", parity->table->name);
}

static bool find_sources(Parity *out, const Base *base, const SourcePlaces *places, Err *err)
{
    out->tables = arena_alloc(&out->arena, sizeof *out->tables * (size_t)(base->n_tables + 1));
    for (out->n = 0; out->n < base->n_tables; out->n++) {
        ParityTable *t = &out->tables[out->n];
        t->table = &base->tables[out->n];
        if (!source_find(t->table, places, &out->arena, &t->source, err))
            return false;
        if (!source_fingerprint(&t->source, err))
            return err_context(err, "%s", t->table->name);
    }
    return true;
}

bool parity_run(Pg *pg, const Base *base, const SourcePlaces *places, Parity *out, Err *err)
{
    *out = (Parity){0};
    LinkIndex **links = mem_alloc(sizeof *links * (size_t)base->n_tables);
    bool ok = find_sources(out, base, places, err);
    LinkExport *exports = arena_alloc(&out->arena, sizeof *exports * (size_t)(base->n_tables + 1));
    for (int i = 0; ok && i < out->n; i++)
        exports[i].source = &out->tables[i].source;
    for (int i = 0; ok && i < out->n; i++)
        ok = compare_table(pg, links, exports, &out->tables[i], &out->arena, err);
    source_databases_end(places->databases);
    for (int i = 0; i < base->n_tables; i++)
        link_index_free(links[i]);
    free(links);
    return ok;
}

static bool table_is_equal(const ParityTable *t)
{
    bool whole = t->only_in_database == 0 || t->table->updates_only;
    return t->only_in_export == 0 && t->rejected == 0 && whole && t->differing == 0;
}

bool parity_equal(const Parity *parity)
{
    for (int i = 0; i < parity->n; i++)
        if (!table_is_equal(&parity->tables[i]))
            return false;
    return true;
}

void parity_free(Parity *parity)
{
    for (int i = 0; i < parity->n; i++)
        buf_free(&parity->tables[i].sample.cells);
    arena_free(&parity->arena);
    *parity = (Parity){0};
}

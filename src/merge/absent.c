/* absent.c - mode full: rows that a sync wrote and whose records are not in the export any more become inactive. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/natural.h"
#include "internal.h"

typedef struct Absent {
    Merge *merge;
    StringList ids;
    int cap;
    Arena arena;
} Absent;

static bool collect(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    Absent *absent = ctx;
    const uint32_t candidate = RECORD_STATE | RECORD_ROW | RECORD_ACTIVE;
    const IndexedRecord *known = record_index_find(absent->merge->run->index, str_of(cells[0]));
    if (absent->merge->run->seen.keep_generated_ids && !id_is_airtable(cells[0]))
        return true;
    if (!known || (known->flags & candidate) != candidate || (known->flags & RECORD_PRESENT))
        return true;
    ARRAY_RESERVE(absent->ids.items, absent->ids.n, absent->cap);
    absent->ids.items[absent->ids.n++] = arena_str(&absent->arena, cells[0]);
    return true;
}

static bool list_absent(Absent *absent, Err *err)
{
    Buf sql = {0};
    plan_state_ids(&sql, absent->merge->run->table);
    bool ok = pg_each(absent->merge->run->pg, sql.data, 0, NULL, collect, absent, err);
    buf_free(&sql);
    return ok;
}

static bool stage_ids(Merge *merge, const StringList *ids, Err *err)
{
    Buf sql = {0};
    plan_stage_absent(&sql, merge->run->table);
    bool ok = stage_open(merge->stage, err);
    for (int done = 0; ok && done < ids->n; done += BATCH_RECORDS) {
        int n = ids->n - done < BATCH_RECORDS ? ids->n - done : BATCH_RECORDS;
        Buf array = {0};
        sql_array(&array, ids->items + done, n);
        const char *params[] = {array.data, PG_INT(merge->stage->seq)};
        ok = pg_run(merge->run->pg, sql.data, 2, params, NULL, err);
        merge->stage->seq += n;
        merge->stage->live += n;
        buf_free(&array);
    }
    buf_free(&sql);
    return ok;
}

/* A cut-off or filtered export must not deactivate the whole stock. */
static bool guard(Merge *merge, int64_t absent, Err *err)
{
    const MergeOptions *options = &merge->options;
    int64_t active = record_index_active_synced(merge->run->index), rows = record_index_rows(merge->run->index);
    bool empty = merge->run->counts->read == merge->run->counts->skipped_records && rows > 0;
    if (!empty && !limit_exceeded(options->max_deactivate, absent, active))
        return true;
    if (options->force) {
        *options->forced = true;
        return true;
    }
    if (empty)
        return err_set(err, ERR_GUARD, "export the whole view again, or give --force if the table is really empty now",
                       "%s: %s holds no records, but the table has %lld rows; mode full would deactivate them",
                       merge->run->table->name, merge->run->source->name, (long long)rows);
    return err_set(err, ERR_GUARD,
                   "was the export filtered or cut off? If not, raise --max-deactivate or give --force",
                   "%s: %lld of %lld active rows are absent from %s; mode full would deactivate more than "
                   "--max-deactivate allows",
                   merge->run->table->name, (long long)absent, (long long)active, merge->run->source->name);
}

/* Rows that the database does not let become inactive stay active; `before`: the seq before the first of `ids`. */
static void warn_refused(Merge *merge, const StringList *ids, int64_t before, const LateRejects *refused)
{
    const Table *table = merge->run->table;
    Arena arena = {0};
    for (int i = 0; i < refused->n; i++) {
        const char *text =
            arena_printf(&arena, "%s is absent from the export, but stays active: %s",
                         ids->items[refused->items[i].seq - before - 1], refused->items[i].reject.reason);
        cleaning_report_warn(merge->options.cleaning, table, table->metadata[META_ACTIVE], 0, NULL, text);
    }
    arena_free(&arena);
}

bool deactivate_absent(Merge *merge, Err *err)
{
    if (merge->run->seen.unreadable_id) {
        cleaning_report_warn(merge->options.cleaning, merge->run->table, merge->run->table->id_column, 0, NULL,
                             "the id of some record could not be read, so nothing is deactivated");
        return true;
    }
    Absent absent = {.merge = merge};
    LateRejects refused = {0};
    int64_t before = merge->stage->seq;
    bool ok = list_absent(&absent, err) && guard(merge, absent.ids.n, err);
    if (ok && absent.ids.n > 0)
        ok = stage_ids(merge, &absent.ids, err) && stage_deactivate(merge->stage, absent.ids.n, &refused, err);
    if (ok) {
        warn_refused(merge, &absent.ids, before, &refused);
        merge->run->counts->deactivated = absent.ids.n - refused.n;
    }
    late_rejects_free(&refused);
    free(absent.ids.items);
    arena_free(&absent.arena);
    return ok;
}

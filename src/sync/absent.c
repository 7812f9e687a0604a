/* absent.c - mode full: rows that a sync wrote and whose records are not in the export any more become inactive. */
#include <stdio.h>
#include <stdlib.h>

#include "engine.h"

typedef struct Absent {
    TableRun *turn;
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
    const IndexedRecord *known = record_index_find(absent->turn->known, str_of(cells[0]));
    if (absent->turn->keep_generated_ids && !id_is_airtable(cells[0]))
        return true;
    if (!known || (known->flags & candidate) != candidate || (known->flags & RECORD_PRESENT))
        return true;
    ARRAY_ROOM(absent->ids.items, absent->ids.n, absent->cap);
    absent->ids.items[absent->ids.n++] = arena_str(&absent->arena, cells[0]);
    return true;
}

static bool list_absent(Absent *absent, Err *err)
{
    Buf sql = {0};
    sql_expand(&sql, absent->turn->table, "SELECT record_id FROM {state}");
    bool ok = pg_each(absent->turn->run->pg, sql.data, 0, NULL, collect, absent, err);
    buf_free(&sql);
    return ok;
}

static bool stage_ids(TableRun *turn, const StringList *ids, Err *err)
{
    Buf sql = {0};
    plan_stage_absent(&sql, turn->table);
    bool ok = stage_open(turn, err);
    for (int done = 0; ok && done < ids->n; done += BATCH_RECORDS) {
        int n = ids->n - done < BATCH_RECORDS ? ids->n - done : BATCH_RECORDS;
        Buf array = {0};
        char last[24];
        snprintf(last, sizeof last, "%lld", (long long)turn->seq);
        sql_array(&array, ids->items + done, n);
        const char *params[] = {array.data, last};
        ok = pg_run(turn->run->pg, sql.data, 2, params, NULL, err);
        turn->seq += n;
        turn->live += n;
        buf_free(&array);
    }
    buf_free(&sql);
    return ok;
}

/* A cut-off or filtered export must not switch the stock off. */
static bool guard(TableRun *turn, int64_t absent, Err *err)
{
    const SyncOptions *options = turn->run->options;
    int64_t active = record_index_active_synced(turn->known), rows = record_index_rows(turn->known);
    bool empty = turn->counts->read == turn->counts->skipped_records && rows > 0;
    if (!empty && !limit_exceeded(options->max_deactivate, absent, active))
        return true;
    if (options->force) {
        turn->run->result->forced = true;
        return true;
    }
    if (empty)
        return err_set(err, ERR_GUARD, "export the whole view again, or give --force if the table is really empty now",
                       "%s: %s holds no records, but the table has %lld rows; mode full would deactivate them",
                       turn->table->name, turn->counts->file, (long long)rows);
    return err_set(err, ERR_GUARD,
                   "was the export filtered or cut off? If not, raise --max-deactivate or give --force",
                   "%s: %lld of %lld active rows are absent from %s; mode full would deactivate more than "
                   "--max-deactivate allows",
                   turn->table->name, (long long)absent, (long long)active, turn->counts->file);
}

/* Rows that the database does not let become inactive stay active; `before`: the seq before the first of `ids`. */
static void warn_refused(TableRun *turn, const StringList *ids, int64_t before, const Refusals *refused)
{
    Arena arena = {0};
    for (int i = 0; i < refused->n; i++) {
        const char *text = arena_printf(&arena, "%s is absent from the export, but stays active: %s",
                                        ids->items[refused->items[i].seq - before - 1], refused->items[i].reason);
        cleaning_report_warn(turn->run->result->cleaning, turn->table, turn->table->metadata[META_ACTIVE], 0, NULL, text);
    }
    arena_free(&arena);
}

bool deactivate_absent(TableRun *turn, Err *err)
{
    if (turn->unreadable_id) {
        cleaning_report_warn(turn->run->result->cleaning, turn->table, turn->table->id_column, 0, NULL,
                             "the id of some record could not be read, so nothing is deactivated");
        return true;
    }
    Absent absent = {.turn = turn};
    Refusals refused = {0};
    int64_t before = turn->seq;
    bool ok = list_absent(&absent, err) && guard(turn, absent.ids.n, err);
    if (ok && absent.ids.n > 0)
        ok = stage_ids(turn, &absent.ids, err) && apply_deactivations(turn, absent.ids.n, &refused, err);
    if (ok) {
        warn_refused(turn, &absent.ids, before, &refused);
        turn->counts->deactivated = absent.ids.n - refused.n;
    }
    refusals_free(&refused);
    free(absent.ids.items);
    arena_free(&absent.arena);
    return ok;
}

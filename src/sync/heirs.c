/* heirs.c - a record whose row had a derived id and was deleted comes back with its real id: its row is made anew, and what
 * links to it meant the same record before. */
#include <stdlib.h>

#include "engine.h"

void heirs_note(TableRun *turn, const Record *record)
{
    if (!record->id || turn->table->n_natural_key == 0 || turn->load)
        return;
    const IndexedRecord *own = record_index_find(turn->known, str_of(record->id));
    const bool stands = own && own->flags & RECORD_ROW;
    const char *derived = stands ? NULL : natural_derive(turn->table, record->values, 0, &turn->scratch);
    const IndexedRecord *gone = derived ? record_index_find(turn->known, str_of(derived)) : NULL;
    if (!gone || !(gone->flags & RECORD_STATE) || gone->flags & RECORD_ROW)
        return;
    Heirs *heirs = &turn->heirs;
    ARRAY_ROOM(heirs->ids, heirs->n, heirs->ids_cap);
    ARRAY_ROOM(heirs->former, heirs->n, heirs->cap);
    heirs->ids[heirs->n] = arena_str(&heirs->arena, record->id);
    heirs->former[heirs->n++] = arena_str(&heirs->arena, derived);
}

bool heirs_write(TableRun *turn, Err *err)
{
    const Heirs *heirs = &turn->heirs;
    if (heirs->n == 0)
        return true;
    Buf sql = {0}, former = {0}, ids = {0};
    plan_note_heirs(&sql, turn->table);
    sql_array(&former, heirs->former, heirs->n);
    sql_array(&ids, heirs->ids, heirs->n);
    const char *params[] = {former.data, ids.data};
    bool ok = pg_run(turn->run->pg, sql.data, 2, params, NULL, err);
    buf_free(&sql);
    buf_free(&former);
    buf_free(&ids);
    return ok;
}

void heirs_free(Heirs *heirs)
{
    free(heirs->former);
    free(heirs->ids);
    arena_free(&heirs->arena);
    *heirs = (Heirs){0};
}

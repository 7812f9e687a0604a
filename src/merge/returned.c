/* returned.c - a record whose row had a derived id and was deleted comes back with its real id: its row is made again,
 * and what links to it meant the same record before. */
#include <stdlib.h>

#include "artsync/natural.h"
#include "internal.h"

void returned_note(Merge *merge, const Item *item)
{
    if (!merge->run->header.has_ids || merge->run->table->n_natural_key == 0)
        return;
    const IndexedRecord *own = record_index_find(merge->run->index, str_of(item->id));
    const bool has_row = own && own->flags & RECORD_ROW;
    arena_reset(&merge->scratch);
    const char *derived = has_row ? NULL : natural_derive(merge->run->table, item->values, 0, &merge->scratch);
    const IndexedRecord *gone = derived ? record_index_find(merge->run->index, str_of(derived)) : NULL;
    if (!gone || !(gone->flags & RECORD_STATE) || gone->flags & RECORD_ROW)
        return;
    Returned *returned = &merge->returned;
    ARRAY_RESERVE(returned->ids, returned->n, returned->ids_cap);
    ARRAY_RESERVE(returned->former, returned->n, returned->cap);
    returned->ids[returned->n] = arena_str(&returned->arena, item->id);
    returned->former[returned->n++] = arena_str(&returned->arena, derived);
}

bool returned_write(Merge *merge, Err *err)
{
    const Returned *returned = &merge->returned;
    if (returned->n == 0)
        return true;
    Buf sql = {0}, former = {0}, ids = {0};
    plan_note_returned(&sql, merge->run->table);
    sql_array(&former, returned->former, returned->n);
    sql_array(&ids, returned->ids, returned->n);
    const char *params[] = {former.data, ids.data};
    bool ok = pg_run(merge->run->pg, sql.data, 2, params, NULL, err);
    buf_free(&sql);
    buf_free(&former);
    buf_free(&ids);
    return ok;
}

void returned_free(Returned *returned)
{
    free(returned->former);
    free(returned->ids);
    arena_free(&returned->arena);
    *returned = (Returned){0};
}

#include "artsync/former.h"

#include <stdlib.h>

#include "artsync/record.h"
#include "artsync/plan.h"
#include "plan_former.h"

static bool add_pair(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    FormerIds *ids = ctx;
    ARRAY_RESERVE(ids->items, ids->n, ids->cap);
    ids->items[ids->n++] = (FormerId){value_hash(cells[0]), value_hash(cells[1]), cells[2][0] == 't'};
    return true;
}

static int by_gone(const void *a, const void *b)
{
    const FormerId *x = a, *y = b;
    return (x->gone > y->gone) - (x->gone < y->gone);
}

static bool add_identity(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    link_index_identity(ctx, cells[0], cells[1]);
    return true;
}

bool former_identities(LinkIndex *links, Pg *pg, const Table *table, Err *err)
{
    Buf sql = {0};
    plan_former_ids(&sql, table);
    bool ok = pg_each(pg, sql.data, 0, NULL, add_identity, links, err);
    buf_free(&sql);
    return ok;
}

bool former_load(FormerIds *ids, Pg *pg, const Table *table, Err *err)
{
    Buf sql = {0};
    plan_former_ids(&sql, table);
    bool ok = pg_each(pg, sql.data, 0, NULL, add_pair, ids, err);
    buf_free(&sql);
    if (ids->n)
        qsort(ids->items, (size_t)ids->n, sizeof *ids->items, by_gone);
    return ok;
}

void former_free(FormerIds *ids)
{
    free(ids->items);
    *ids = (FormerIds){0};
}

static const FormerId *find(const FormerIds *ids, uint64_t hash)
{
    const FormerId key = {.gone = hash};
    return ids->n ? bsearch(&key, ids->items, (size_t)ids->n, sizeof key, by_gone) : NULL;
}

/* Two derived ids of one record, whose second adoption was rolled back, make a chain of two. */
enum { LONGEST_CHAIN = 2 };

uint64_t former_now(const FormerIds *ids, uint64_t hash)
{
    const FormerId *found;
    for (int i = 0; i < LONGEST_CHAIN && (found = find(ids, hash)); i++)
        hash = found->now;
    return hash;
}

bool former_taken(const FormerIds *ids, const char *id)
{
    const FormerId *found = find(ids, value_hash(id));
    return found && found->has_row;
}

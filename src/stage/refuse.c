/* refuse.c - late rejects: staged records that turn out not to be writable. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "../sync/engine.h"

void refusals_add(Refusals *refusals, int64_t seq, const char *code, const char *column, const char *value,
                  const char *reason)
{
    ARRAY_ROOM(refusals->items, refusals->n, refusals->cap);
    Arena *arena = &refusals->arena;
    refusals->items[refusals->n++] = (Refusal){seq, code, column ? arena_str(arena, column) : NULL,
                                               value ? arena_str(arena, value) : NULL, arena_str(arena, reason)};
}

void refusals_clear(Refusals *refusals)
{
    refusals->n = 0;
    arena_reset(&refusals->arena);
}

void refusals_free(Refusals *refusals)
{
    free(refusals->items);
    arena_free(&refusals->arena);
    *refusals = (Refusals){0};
}

/* Columns of the parameter arrays, in the order of refuse.sql. */
enum { REFUSE_SEQ, REFUSE_CODE, REFUSE_COLUMN, REFUSE_VALUE, REFUSE_REASON, REFUSE_PARAMS };

/* The numbers' text lives in the refusals' arena. */
static const char *part(Refusals *r, int i, int param)
{
    const Refusal *one = &r->items[i];
    switch (param) {
    case REFUSE_SEQ:
        return arena_printf(&r->arena, "%lld", (long long)one->seq);
    case REFUSE_CODE:
        return one->code;
    case REFUSE_COLUMN:
        return one->column;
    case REFUSE_VALUE:
        return one->value;
    default:
        return one->reason;
    }
}

bool stage_refuse(TableRun *turn, Refusals *r, Err *err)
{
    if (r->n == 0)
        return true;
    const char **items = mem_alloc(sizeof *items * (size_t)r->n);
    Buf arrays[REFUSE_PARAMS] = {{0}};
    const char *params[REFUSE_PARAMS];
    for (int p = 0; p < REFUSE_PARAMS; p++) {
        for (int i = 0; i < r->n; i++)
            items[i] = part(r, i, p);
        sql_array(&arrays[p], items, r->n);
        params[p] = arrays[p].data;
    }
    int64_t refused = 0;
    bool ok = pg_run(turn->run->pg, sql_query("refuse"), REFUSE_PARAMS, params, &refused, err);
    turn->live -= refused;
    for (int p = 0; p < REFUSE_PARAMS; p++)
        buf_free(&arrays[p]);
    free(items);
    return ok;
}

bool stage_withdraw(TableRun *turn, Refusals *r, Err *err)
{
    if (r->n == 0)
        return true;
    const char **seqs = mem_alloc(sizeof *seqs * (size_t)r->n);
    for (int i = 0; i < r->n; i++)
        seqs[i] = part(r, i, REFUSE_SEQ);
    Buf array = {0};
    sql_array(&array, seqs, r->n);
    const char *params[] = {array.data};
    bool ok = pg_run(turn->run->pg, "UPDATE pg_temp.artsync_stage SET live = false WHERE seq = ANY ($1::bigint[])", 1, params,
                     NULL, err);
    turn->live -= r->n;
    buf_free(&array);
    free(seqs);
    return ok;
}

/* late_rejects.c - late rejects: staged records that cannot be written. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "internal.h"

void late_rejects_add(LateRejects *rejects, int64_t seq, Reject reject)
{
    ARRAY_RESERVE(rejects->items, rejects->n, rejects->cap);
    Arena *arena = &rejects->arena;
    rejects->items[rejects->n++] = (LateReject){
        seq, {reject.code, reject.column ? arena_str(arena, reject.column) : NULL,
              reject.value ? arena_str(arena, reject.value) : NULL, arena_str(arena, reject.reason)}};
}

void late_rejects_clear(LateRejects *rejects)
{
    rejects->n = 0;
    arena_reset(&rejects->arena);
}

void late_rejects_free(LateRejects *rejects)
{
    free(rejects->items);
    arena_free(&rejects->arena);
    *rejects = (LateRejects){0};
}

/* Columns of the parameter arrays, in the order of refuse.sql. */
enum { REFUSE_SEQ, REFUSE_CODE, REFUSE_COLUMN, REFUSE_VALUE, REFUSE_REASON, REFUSE_PARAMS };

/* The numbers' text lives in the refusals' arena. */
static const char *part(LateRejects *r, int i, int param)
{
    const LateReject *one = &r->items[i];
    switch (param) {
    case REFUSE_SEQ:
        return arena_printf(&r->arena, "%lld", (long long)one->seq);
    case REFUSE_CODE:
        return one->reject.code;
    case REFUSE_COLUMN:
        return one->reject.column;
    case REFUSE_VALUE:
        return one->reject.value;
    default:
        return one->reject.reason;
    }
}

bool stage_reject_late(Stage *stage, LateRejects *r, Err *err)
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
    bool ok = pg_run(stage->pg, sql_query("refuse"), REFUSE_PARAMS, params, &refused, err);
    stage->live -= refused;
    for (int p = 0; p < REFUSE_PARAMS; p++)
        buf_free(&arrays[p]);
    free(items);
    return ok;
}

bool stage_withdraw(Stage *stage, LateRejects *r, Err *err)
{
    if (r->n == 0)
        return true;
    const char **seqs = mem_alloc(sizeof *seqs * (size_t)r->n);
    for (int i = 0; i < r->n; i++)
        seqs[i] = part(r, i, REFUSE_SEQ);
    Buf array = {0};
    sql_array(&array, seqs, r->n);
    const char *params[] = {array.data};
    bool ok = pg_run(stage->pg, sql_query("stage_withdraw"), 1, params, NULL, err);
    stage->live -= r->n;
    buf_free(&array);
    free(seqs);
    return ok;
}

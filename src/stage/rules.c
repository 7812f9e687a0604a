/* rules.c - the keys and checks that artsync knows, enforced over the stage until nothing changes any more.
 *
 * Who wins a key is fixed: the row that keeps it, then the first record of the file. A refused record frees nothing:
 * its row keeps the key it had, which may block others, hence the loop. Swaps and chains pass, because a row whose own
 * update brings another key does not keep the old one.
 */
#include <stdlib.h>

#include "../sync/engine.h"

static Plan plan_of(const TableRun *turn)
{
    return (Plan){.table = turn->table, .present = turn->present, .adopts = turn->adopts,
                  .reactivates = turn->reactivates, .undo = turn->undo};
}

static const char *key_columns(const TableRun *turn, const CatalogKey *key, Arena *arena)
{
    Buf names = {0};
    plan_column_names(&names, turn->table->catalog, key->columns, key->n_columns);
    const char *copy = arena_str(arena, names.data);
    buf_free(&names);
    return copy;
}

/* Up to so many claims of a key are looked up in its index; beyond, reading the whole table once costs less. */
enum { LOOKED_UP = 10000 };

static int64_t new_keys_of(const TableRun *turn, const CatalogKey *key)
{
    int k = (int)(key - turn->table->catalog->keys);
    return turn->claims[k < STAGE_KEYS ? k : STAGE_KEYS - 1];
}

static bool has_new_keys(const TableRun *turn, const Plan *plan, const CatalogKey *key)
{
    return plan_knows_key(plan, key) && new_keys_of(turn, key) > 0;
}

/* Whatever the statistics say, the stage and the table are joined by hash or by sorting: a nested loop over both takes
 * quadratic time, and the planner chooses it where it expects a row or two. Only the look-up of a claim in the key's
 * index, which is a loop by its form, stays one; then the table must not be read from end to end for each claim. What is
 * switched off has a pretended cost, for which the planner would compile the statement: so no JIT. */
static bool linear_joins(const TableRun *turn, bool begin, bool by_index, Err *err)
{
#define BACK "SET LOCAL jit TO DEFAULT; SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT"
#define LINEAR "SET LOCAL jit = off; SET LOCAL enable_hashjoin = on; SET LOCAL enable_nestloop = off"
    static const char *const settings[2][2] = {{BACK, BACK "; SET LOCAL enable_seqscan TO DEFAULT"},
                                               {LINEAR, LINEAR "; SET LOCAL enable_seqscan = off"}};
#undef BACK
#undef LINEAR
    return pg_script(turn->run->pg, settings[begin][by_index], err);
}

/* Records that claim a key which a row keeps. */
static bool refuse_existing_keys(TableRun *turn, const Plan *plan, const CatalogKey *key, Refusals *found, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    bool by_index = plan_key_has_index(plan, key) && new_keys_of(turn, key) <= LOOKED_UP;
    plan_existing_keys(&sql, plan, key, by_index);
    bool ok = linear_joins(turn, true, by_index, err) && pg_query(turn->run->pg, sql.data, 0, NULL, &rows, err) &&
              linear_joins(turn, false, by_index, err);
    buf_free(&sql);
    for (int r = 0; ok && r < pg_count(rows); r++) {
        const char *columns = key_columns(turn, key, &found->arena);
        const char *reason = arena_printf(&found->arena, "%s (%s) is taken by %s in the database, %s (%s)", columns,
                                          pg_get(rows, r, 2), pg_get(rows, r, 1),
                                          pg_bool(rows, r, 3) ? "which keeps it"
                                                              : "an inactive row, which keeps it: rename or delete that row",
                                          key->name);
        refusals_add(found, pg_int(rows, r, 0), REJECT_UNIQUE, columns, pg_get(rows, r, 2), reason);
    }
    pg_rows_free(rows);
    return ok;
}

/* A record and the earlier one that claims the same key. */
typedef struct DuplicateKey {
    int64_t seq, first, first_line;
    const CatalogKey *key;
    const char *value;
} DuplicateKey;

typedef struct DuplicateKeyList {
    DuplicateKey *items;
    int n, cap;
    Arena arena;
} DuplicateKeyList;

static bool list_duplicate_keys(TableRun *turn, const Plan *plan, const CatalogKey *key, DuplicateKeyList *list, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    plan_duplicate_keys(&sql, plan, key);
    bool ok = pg_query(turn->run->pg, sql.data, 0, NULL, &rows, err);
    buf_free(&sql);
    for (int r = 0; ok && r < pg_count(rows); r++) {
        ARRAY_ROOM(list->items, list->n, list->cap);
        list->items[list->n++] = (DuplicateKey){pg_int(rows, r, 0), pg_int(rows, r, 1), pg_int(rows, r, 2), key,
                                          arena_str(&list->arena, pg_get(rows, r, 3))};
    }
    pg_rows_free(rows);
    return ok;
}

static int by_seq(const void *a, const void *b)
{
    const DuplicateKey *x = a, *y = b;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int compare_seq(const void *key, const void *item)
{
    int64_t a = *(const int64_t *)key, b = *(const int64_t *)item;
    return a < b ? -1 : a > b;
}

Reject rules_repeated(const TableRun *turn, const CatalogKey *key, const char *value, int64_t first_line, Arena *arena)
{
    const char *columns = key_columns(turn, key, arena);
    return (Reject){REJECT_UNIQUE, columns, value,
                    arena_printf(arena, "%s (%s) stands in the file already, at line %lld, and must be unique (%s); the "
                                        "first one counts", columns, value, (long long)first_line, key->name)};
}

/* Refuse whoever loses to a record that is itself in nobody's way. Losers of later_records get another look. */
static void refuse_repeated(const TableRun *turn, DuplicateKeyList *list, Refusals *found)
{
    if (list->n == 0)
        return;
    qsort(list->items, (size_t)list->n, sizeof *list->items, by_seq);
    int64_t *later_records = mem_alloc(sizeof *later_records * (size_t)list->n); /* ascending */
    size_t n = 0;
    for (int i = 0; i < list->n; i++) {
        const DuplicateKey *r = &list->items[i];
        if ((n > 0 && later_records[n - 1] == r->seq) || bsearch(&r->first, later_records, n, sizeof *later_records, compare_seq))
            continue;
        later_records[n++] = r->seq;
        Reject reject = rules_repeated(turn, r->key, r->value, r->first_line, &found->arena);
        refusals_add(found, r->seq, reject.code, reject.column, reject.value, reject.reason);
    }
    free(later_records);
}

static bool enforce_keys_once(TableRun *turn, const Plan *plan, Refusals *found, Err *err)
{
    const CatalogTable *catalog = turn->table->catalog;
    bool ok = true;
    for (int k = 0; ok && k < catalog->n_keys; k++)
        if (has_new_keys(turn, plan, &catalog->keys[k]))
            ok = refuse_existing_keys(turn, plan, &catalog->keys[k], found, err);
    if (!ok || found->n)
        return ok;
    DuplicateKeyList list = {0};
    for (int k = 0; ok && k < catalog->n_keys; k++)
        if (has_new_keys(turn, plan, &catalog->keys[k]))
            ok = list_duplicate_keys(turn, plan, &catalog->keys[k], &list, err);
    if (ok)
        refuse_repeated(turn, &list, found);
    free(list.items);
    arena_free(&list.arena);
    return ok;
}

/* A check may call functions that find their tables only by the database's own search_path, which holds when the row is
 * written and not here. */
static bool is_left_to_database(const Err *raised)
{
    return pg_refusal(raised) || strncmp(raised->sqlstate, "42", 2) == 0 || strncmp(raised->sqlstate, "3F", 2) == 0;
}

/* A check that raises an error on some staged value is left to the bisection. */
static bool enforce_check(TableRun *turn, const Plan *plan, const CatalogCheck *check, Refusals *found, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    Err raised = {0};
    plan_check(&sql, plan, check);
    bool ok = pg_savepoint(turn->run->pg, "artsync_check", err);
    bool ran = ok && pg_query(turn->run->pg, sql.data, 0, NULL, &rows, &raised);
    buf_free(&sql);
    if (ran) {
        ok = pg_release(turn->run->pg, "artsync_check", err);
        const char *column = turn->table->catalog->columns[check->columns[0]].name;
        for (int r = 0; ok && r < pg_count(rows); r++)
            refusals_add(found, pg_int(rows, r, 0), REJECT_CHECK, column, pg_get(rows, r, 1),
                         arena_printf(&found->arena, "breaks the check %s: %s", check->name, check->expression));
    } else if (ok && is_left_to_database(&raised)) {
        ok = pg_rollback_to(turn->run->pg, "artsync_check", err);
    } else if (ok) {
        *err = raised;
        return false;
    }
    err_clear(&raised);
    pg_rows_free(rows);
    return ok;
}

/* NULL where the table allows none, though base.json does not say "required". */
static bool enforce_not_null(TableRun *turn, const Column *column, Refusals *found, Err *err)
{
    if (!turn->present[column->index] || !column->catalog->not_null)
        return true;
    Buf sql = {0};
    PgRows *rows = NULL;
    buf_printf(&sql, "SELECT seq FROM pg_temp.artsync_stage WHERE live AND op IN ('i', 'u') AND c%d IS NULL", column->index);
    bool ok = pg_query(turn->run->pg, sql.data, 0, NULL, &rows, err);
    buf_free(&sql);
    for (int r = 0; ok && r < pg_count(rows); r++)
        refusals_add(found, pg_int(rows, r, 0), REJECT_REQUIRED, column->name, NULL,
                     "is empty, but the table's column must not be");
    pg_rows_free(rows);
    return ok;
}

bool rules_enforce(TableRun *turn, Err *err)
{
    Plan plan = plan_of(turn);
    const CatalogTable *catalog = turn->table->catalog;
    Refusals found = {0};
    bool ok = true;
    for (int c = 0; ok && c < turn->table->n_columns; c++)
        ok = enforce_not_null(turn, &turn->table->columns[c], &found, err);
    for (int c = 0; ok && c < catalog->n_checks; c++)
        if (plan_knows_check(&plan, &catalog->checks[c]))
            ok = enforce_check(turn, &plan, &catalog->checks[c], &found, err);
    ok = ok && stage_refuse(turn, &found, err);
    do {
        refusals_clear(&found);
        ok = ok && enforce_keys_once(turn, &plan, &found, err) && stage_refuse(turn, &found, err);
    } while (ok && found.n > 0);
    refusals_free(&found);
    return ok;
}

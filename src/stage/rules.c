/* rules.c - the keys and checks that artsync knows, enforced over the stage until nothing changes any more.
 *
 * Who wins a key is fixed: the row that keeps it, then the first record of the file. A refused record frees nothing:
 * its row keeps the key it had, which may block others, hence the loop. Swaps and chains pass, because a row whose own
 * update brings another key does not keep the old one.
 */
#include <stdlib.h>

#include "artsync/embed.h"
#include "internal.h"

static const char *key_columns(const Table *table, const CatalogKey *key, Arena *arena)
{
    Buf names = {0};
    plan_column_names(&names, table->catalog, key->columns, key->n_columns);
    const char *copy = arena_str(arena, names.data);
    buf_free(&names);
    return copy;
}

/* Up to so many claims of a key are looked up in its index; beyond, reading the whole table once costs less. */
enum { LOOKED_UP = 10000 };

static int64_t new_keys_of(const Stage *stage, const CatalogKey *key)
{
    int k = (int)(key - stage->table->catalog->keys);
    return stage->new_keys[k < STAGE_KEYS ? k : STAGE_KEYS - 1];
}

static bool has_new_keys(const Stage *stage, const Plan *plan, const CatalogKey *key)
{
    return plan_knows_key(plan, key) && new_keys_of(stage, key) > 0;
}

/* Whatever the statistics say, the stage and the table are joined by hash or by sorting: a nested loop over both takes
 * quadratic time, and the planner chooses it where it expects a row or two. Only the look-up of a claim in the key's
 * index, which is a loop by its form, stays one; then the table must not be read from end to end for each claim. What is
 * switched off has a pretended cost, for which the planner would compile the statement: so no JIT. */
static bool linear_joins(const Stage *stage, bool by_index, Err *err)
{
    return pg_script(stage->pg, sql_query(by_index ? "joins_by_index" : "joins_linear"), err);
}

static bool default_joins(const Stage *stage, Err *err) { return pg_script(stage->pg, sql_query("joins_default"), err); }

/* Records that claim a key which a row keeps. */
static bool refuse_existing_keys(Stage *stage, const Plan *plan, const CatalogKey *key, LateRejects *found, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    bool by_index = plan_key_has_index(plan, key) && new_keys_of(stage, key) <= LOOKED_UP;
    plan_existing_keys(&sql, plan, key, by_index);
    bool ok = linear_joins(stage, by_index, err) && pg_query(stage->pg, sql.data, 0, NULL, &rows, err) &&
              default_joins(stage, err);
    buf_free(&sql);
    for (int r = 0; ok && r < pg_count(rows); r++) {
        const char *columns = key_columns(stage->table, key, &found->arena);
        const char *reason = arena_printf(&found->arena, "%s (%s) is taken by %s in the database, %s (%s)", columns,
                                          pg_get(rows, r, 2), pg_get(rows, r, 1),
                                          pg_bool(rows, r, 3) ? "which keeps it"
                                                              : "an inactive row, which keeps it: rename or delete that row",
                                          key->name);
        late_rejects_add(found, pg_int(rows, r, 0), (Reject){REJECT_UNIQUE, columns, pg_get(rows, r, 2), reason});
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

static bool list_duplicate_keys(Stage *stage, const Plan *plan, const CatalogKey *key, DuplicateKeyList *list, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    plan_duplicate_keys(&sql, plan, key);
    bool ok = pg_query(stage->pg, sql.data, 0, NULL, &rows, err);
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

Reject stage_duplicate_key(const Table *table, const CatalogKey *key, const char *value, int64_t first_line, Arena *arena)
{
    const char *columns = key_columns(table, key, arena);
    return (Reject){REJECT_UNIQUE, columns, value,
                    arena_printf(arena, "%s (%s) stands in the file already, at line %lld, and must be unique (%s); the "
                                        "first one counts", columns, value, (long long)first_line, key->name)};
}

/* Refuse whoever loses to a record that is itself in nobody's way. Losers of later_records get another look. */
static void refuse_repeated(const Stage *stage, DuplicateKeyList *list, LateRejects *found)
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
        Reject reject = stage_duplicate_key(stage->table, r->key, r->value, r->first_line, &found->arena);
        late_rejects_add(found, r->seq, reject);
    }
    free(later_records);
}

static bool enforce_keys_once(Stage *stage, const Plan *plan, LateRejects *found, Err *err)
{
    const CatalogTable *catalog = stage->table->catalog;
    bool ok = true;
    for (int k = 0; ok && k < catalog->n_keys; k++)
        if (has_new_keys(stage, plan, &catalog->keys[k]))
            ok = refuse_existing_keys(stage, plan, &catalog->keys[k], found, err);
    if (!ok || found->n)
        return ok;
    DuplicateKeyList list = {0};
    for (int k = 0; ok && k < catalog->n_keys; k++)
        if (has_new_keys(stage, plan, &catalog->keys[k]))
            ok = list_duplicate_keys(stage, plan, &catalog->keys[k], &list, err);
    if (ok)
        refuse_repeated(stage, &list, found);
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
static bool enforce_check(Stage *stage, const Plan *plan, const CatalogCheck *check, LateRejects *found, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    Err raised = {0};
    plan_check(&sql, plan, check);
    bool ok = pg_savepoint(stage->pg, "artsync_check", err);
    bool ran = ok && pg_query(stage->pg, sql.data, 0, NULL, &rows, &raised);
    buf_free(&sql);
    if (ran) {
        ok = pg_release(stage->pg, "artsync_check", err);
        const char *column = stage->table->catalog->columns[check->columns[0]].name;
        for (int r = 0; ok && r < pg_count(rows); r++)
            late_rejects_add(found, pg_int(rows, r, 0),
                             (Reject){REJECT_CHECK, column, pg_get(rows, r, 1),
                                      arena_printf(&found->arena, "breaks the check %s: %s", check->name,
                                                   check->expression)});
    } else if (ok && is_left_to_database(&raised)) {
        ok = pg_rollback_to(stage->pg, "artsync_check", err);
    } else if (ok) {
        *err = raised;
        return false;
    }
    err_clear(&raised);
    pg_rows_free(rows);
    return ok;
}

/* NULL where the table allows none, though base.json does not say "required". */
static bool enforce_not_null(Stage *stage, const Column *column, LateRejects *found, Err *err)
{
    if (!stage->present[column->index] || !column->catalog->not_null)
        return true;
    Buf sql = {0};
    PgRows *rows = NULL;
    plan_null(&sql, column);
    bool ok = pg_query(stage->pg, sql.data, 0, NULL, &rows, err);
    buf_free(&sql);
    for (int r = 0; ok && r < pg_count(rows); r++)
        late_rejects_add(found, pg_int(rows, r, 0),
                         (Reject){REJECT_REQUIRED, column->name, NULL, "is empty, but the table's column must not be"});
    pg_rows_free(rows);
    return ok;
}

bool rules_enforce(Stage *stage, Err *err)
{
    Plan plan = stage_plan(stage);
    const CatalogTable *catalog = stage->table->catalog;
    LateRejects found = {0};
    bool ok = true;
    for (int c = 0; ok && c < stage->table->n_columns; c++)
        ok = enforce_not_null(stage, &stage->table->columns[c], &found, err);
    for (int c = 0; ok && c < catalog->n_checks; c++)
        if (plan_knows_check(&plan, &catalog->checks[c]))
            ok = enforce_check(stage, &plan, &catalog->checks[c], &found, err);
    ok = ok && stage_reject_late(stage, &found, err);
    do {
        late_rejects_clear(&found);
        ok = ok && enforce_keys_once(stage, &plan, &found, err) && stage_reject_late(stage, &found, err);
    } while (ok && found.n > 0);
    late_rejects_free(&found);
    return ok;
}

/* rules.c - the keys and checks that artsync knows, enforced over the stage.
 *
 * Which record gets a key is fixed: the row that keeps it, then the first record of the file. A refused record frees no
 * key: its row keeps the key it had, which blocks those that wait for it (key_moves.c). Swaps and chains pass, because
 * a row whose own update writes another key does not keep the old one; what a key that is not deferrable does not let
 * pass in any order is written in the order that frees a value before it is taken.
 */
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "internal.h"
#include "key_moves.h"

static const char *key_columns(const Table *table, const CatalogKey *key, Arena *arena)
{
    Buf names = {0};
    plan_column_names(&names, table->catalog, key->columns, key->n_columns);
    const char *copy = arena_str(arena, names.data);
    buf_free(&names);
    return copy;
}

/* Up to so many new values of a key are looked up in its index; beyond, reading the whole table once costs less. */
enum { LOOKED_UP = 10000 };

static int64_t new_keys_of(const Stage *stage, const CatalogKey *key)
{
    int k = (int)(key - stage->table->catalog->keys);
    return stage->keys.new[k < STAGE_KEYS ? k : STAGE_KEYS - 1];
}

static bool has_new_keys(const Stage *stage, const Plan *plan, const CatalogKey *key)
{
    return plan_follows_key(plan, key) && new_keys_of(stage, key) > 0;
}

/* Whatever the statistics say, the stage and the table are joined by hash or by sorting: a nested loop over both takes
 * quadratic time, and the planner chooses it where it expects a row or two. Only the look-up of a new value in the
 * key's index, which is a loop by its form, stays one; then the table must not be read from end to end for each value.
 * What is switched off has a pretended cost, for which the planner would compile the statement: so no JIT. */
static bool linear_joins(const Stage *stage, bool by_index, Err *err)
{
    return pg_script(stage->pg, sql_query(by_index ? "joins_by_index" : "joins_linear"), err);
}

static bool default_joins(const Stage *stage, Err *err)
{
    return pg_script(stage->pg, sql_query("joins_default"), err);
}

/* A check or a key may call functions that find their tables only by the database's own search_path, which holds when
 * the row is written and not here. */
static bool is_left_to_database(const Err *raised)
{
    return pg_refusal(raised) || strncmp(raised->sqlstate, "42", 2) == 0 || strncmp(raised->sqlstate, "3F", 2) == 0;
}

/* A statement that an expression of the key may make fail: then that key is left to the bisection, and *rows is
 * NULL. */
static bool query_key(Stage *stage, const Buf *sql, bool by_index, PgRows **rows, Err *err)
{
    Pg *pg = stage->pg;
    Err raised = {0};
    if (!pg_savepoint(pg, "artsync_key", err))
        return false;
    if (linear_joins(stage, by_index, &raised) && pg_query(pg, sql->data, 0, NULL, rows, &raised))
        return default_joins(stage, err) && pg_release(pg, "artsync_key", err);
    if (!is_left_to_database(&raised)) {
        *err = raised;
        return false;
    }
    err_clear(&raised);
    return pg_rollback_to(pg, "artsync_key", err);
}

/* Records with a key that a row has now. */
static bool find_holders(Stage *stage, const Plan *plan, const CatalogKey *key, KeyMoves *moves, Err *err)
{
    Arena arena = {0};
    Buf sql = {0};
    PgRows *rows = NULL;
    bool by_index = plan_key_has_index(plan, key) && new_keys_of(stage, key) <= LOOKED_UP;
    plan_key_holders(&sql, plan, key, by_index);
    bool ok = query_key(stage, &sql, by_index, &rows, err);
    const char *columns = key_columns(stage->table, key, &arena);
    buf_free(&sql);
    for (int r = 0; ok && rows && r < pg_count(rows); r++) {
        bool leaves = pg_bool(rows, r, HOLDER_LEAVES);
        const char *row = pg_get(rows, r, HOLDER_ID);
        key_moves_add(moves, &(KeyMove){.seq = pg_int(rows, r, HOLDER_SEQ),
                                        .holder = leaves ? pg_int(rows, r, HOLDER_BY) : 0,
                                        .in_order = leaves && !key->deferrable && *pg_get(rows, r, HOLDER_OP) == 'u',
                                        .key = key,
                                        .columns = columns,
                                        .value = pg_get(rows, r, HOLDER_VALUE),
                                        .row = row ? row : "a row without an id",
                                        .active = pg_bool(rows, r, HOLDER_ACTIVE)});
    }
    pg_rows_free(rows);
    arena_free(&arena);
    return ok;
}

/* The records with one key, and which of them has it so far: the first, unless that one is rejected. */
typedef struct KeyGroup {
    int64_t owner, line;
} KeyGroup;

/* A record with a key that an earlier one has. */
typedef struct DuplicateKey {
    int64_t seq, first, line;
    int group;
    const CatalogKey *key;
    const char *value;
} DuplicateKey;

typedef struct DuplicateKeyList {
    DuplicateKey *items;
    int n, cap;
    KeyGroup *groups;
    int n_groups, cap_groups;
    Arena arena;
} DuplicateKeyList;

static void list_group(DuplicateKeyList *list, int64_t first, int64_t line)
{
    ARRAY_RESERVE(list->groups, list->n_groups, list->cap_groups);
    list->groups[list->n_groups++] = (KeyGroup){first, line};
}

static bool list_duplicate_keys(Stage *stage, const Plan *plan, const CatalogKey *key, DuplicateKeyList *list, Err *err)
{
    Buf sql = {0};
    PgRows *rows = NULL;
    plan_duplicate_keys(&sql, plan, key);
    bool ok = query_key(stage, &sql, false, &rows, err);
    buf_free(&sql);
    for (int r = 0; ok && rows && r < pg_count(rows); r++) {
        int64_t first = pg_int(rows, r, 1), line = pg_int(rows, r, 2);
        if (list->n == 0 || list->items[list->n - 1].key != key || list->items[list->n - 1].first != first)
            list_group(list, first, line);
        ARRAY_RESERVE(list->items, list->n, list->cap);
        list->items[list->n++] = (DuplicateKey){pg_int(rows, r, 0), first, pg_int(rows, r, 4), list->n_groups - 1, key,
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

Reject stage_duplicate_key(const Table *table, const CatalogKey *key, const char *value, int64_t first_line,
                           Arena *arena)
{
    const char *columns = key_columns(table, key, arena);
    return (Reject){REJECT_UNIQUE, columns, value,
                    arena_printf(arena,
                                 "%s (%s) is a duplicate of %s %lld and must be unique (%s); the "
                                 "first one is used",
                                 columns, value, table->from.database ? "record" : "line", (long long)first_line,
                                 key->name)};
}

/* Does an accepted record have one of the keys of items[0..n-1], which are all of one record? */
static const DuplicateKey *taken(const DuplicateKeyList *list, const DuplicateKey *items, int n, const KeyMoves *moves)
{
    for (int i = 0; i < n; i++)
        if (!key_moves_is_rejected(moves, list->groups[items[i].group].owner))
            return &items[i];
    return NULL;
}

/* In the order of the file: a record is refused if one before it that is not refused has the same key. */
static void refuse_repeated(const Stage *stage, DuplicateKeyList *list, LateRejects *found)
{
    if (list->n > 0)
        qsort(list->items, (size_t)list->n, sizeof *list->items, by_seq);
    for (int i = 0, n; i < list->n; i += n) {
        const DuplicateKey *items = &list->items[i], *loses;
        for (n = 1; i + n < list->n && items[n].seq == items[0].seq; n++)
            ;
        loses = taken(list, items, n, stage->keys.moves);
        if (loses) {
            Reject reject = stage_duplicate_key(stage->table, loses->key, loses->value, list->groups[loses->group].line,
                                                &found->arena);
            late_rejects_add(found, loses->seq, reject);
            key_moves_reject_record(stage->keys.moves, loses->seq, found);
        } else {
            for (int k = 0; k < n; k++)
                list->groups[items[k].group] = (KeyGroup){items[k].seq, items[k].line};
        }
    }
}

static bool enforce_repeated(Stage *stage, const Plan *plan, LateRejects *found, Err *err)
{
    const CatalogTable *catalog = stage->table->catalog;
    DuplicateKeyList list = {0};
    bool ok = true;
    for (int k = 0; ok && k < catalog->n_keys; k++)
        if (has_new_keys(stage, plan, &catalog->keys[k]))
            ok = list_duplicate_keys(stage, plan, &catalog->keys[k], &list, err);
    if (ok)
        refuse_repeated(stage, &list, found);
    free(list.items);
    free(list.groups);
    arena_free(&list.arena);
    return ok;
}

/* What moves between rows: reject what cannot move, and find the order for the rest. */
static bool enforce_moves(Stage *stage, const Plan *plan, LateRejects *found, Err *err)
{
    const CatalogTable *catalog = stage->table->catalog;
    bool ok = true;
    key_moves_free(stage->keys.moves);
    stage->keys.moves = key_moves_new(stage->seq);
    for (int k = 0; ok && k < catalog->n_keys; k++)
        if (has_new_keys(stage, plan, &catalog->keys[k]))
            ok = find_holders(stage, plan, &catalog->keys[k], stage->keys.moves, err);
    if (!ok)
        return false;
    key_moves_link(stage->keys.moves);
    key_moves_reject_blocked(stage->keys.moves, found);
    key_moves_reject_circles(stage->keys.moves, found);
    return true;
}

/* "{1,2}" of n numbers. */
static void number_array(Buf *out, const int64_t *numbers, int n)
{
    buf_char(out, '{');
    for (int i = 0; i < n; i++)
        buf_printf(out, "%s%lld", i ? "," : "", (long long)numbers[i]);
    buf_char(out, '}');
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Records of chains change places among each other; all others keep theirs. */
static bool set_positions(Stage *stage, Err *err)
{
    Pg *pg = stage->pg;
    int n;
    int64_t *order = key_moves_order(stage->keys.moves, &n);
    bool ok = !stage->keys.ordered ||
              pg_run(pg, sql_query("stage_positions_reset"), 0, NULL, NULL, err);
    stage->keys.ordered = n > 0;
    if (ok && n > 0) {
        Buf seqs = {0}, places = {0};
        number_array(&seqs, order, n);
        qsort(order, (size_t)n, sizeof *order, ascending);
        number_array(&places, order, n);
        const char *params[] = {seqs.data, places.data};
        ok = linear_joins(stage, false, err) &&
             pg_run(pg, sql_query("stage_positions"), 2, params, NULL, err) &&
             default_joins(stage, err);
        buf_free(&seqs);
        buf_free(&places);
    }
    free(order);
    return ok;
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
    late_rejects_clear(&found);
    ok = ok && enforce_moves(stage, &plan, &found, err) && stage_reject_late(stage, &found, err);
    late_rejects_clear(&found);
    ok = ok && enforce_repeated(stage, &plan, &found, err) && stage_reject_late(stage, &found, err) &&
         set_positions(stage, err);
    late_rejects_free(&found);
    return ok;
}

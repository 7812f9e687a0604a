/* bisect.c - which records does the database refuse, for a reason that artsync does not know?
 *
 * Halves are tried under savepoints, updates first and then inserts; what passes stays while the rest is tried, so of
 * two records that exclude each other the second one is refused. The keys that rules.c checked are deferred meanwhile,
 * so that halving never separates the two records of a swap; all other deferrable constraints are made immediate after
 * each try, so that deferred refusals name their record too. A record that a key refused gets another try once the
 * others are written: it may have come before the one that frees its key. If in the end every constraint holds, what
 * passed stays applied; if not, all of it is undone and only the list of refusals stays.
 */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "internal.h"
#include "key_moves.h"

/* A staged record, and its place in the order in which rows are written. */
typedef struct Candidate {
    int64_t pos, seq;
} Candidate;

/* A record that a key refused, and where its refusal is in the list. */
typedef struct Retry {
    int64_t pos; /* 0: it got through */
    char op;
    int found;
} Retry;

typedef struct Bisect {
    Stage *stage;
    ApplyRange *apply;
    LateRejects *found;
    char op;
    Retry *retries;
    int n_retries, cap;
    Candidate *records; /* the live ones with this op, by position */
    Buf immediate; /* SET CONSTRAINTS of what is not ours; empty: nothing */
} Bisect;

/* One of the table's unique keys that rules.c checked. */
static bool is_known_key(const Stage *stage, const char *name)
{
    const CatalogTable *catalog = stage->table->catalog;
    Plan plan = {.table = stage->table, .present = stage->present};
    for (int k = 0; k < catalog->n_keys; k++)
        if (strcmp(catalog->keys[k].name, name) == 0)
            return plan_knows_key(&plan, &catalog->keys[k]);
    return false;
}

/* SET CONSTRAINTS <how> over the deferrable constraints that are (not) known keys. */
static void set_constraints(Buf *sql, const Stage *stage, bool known, const char *how)
{
    const CatalogTable *catalog = stage->table->catalog;
    Buf names = {0}, *out = &names;
    int n = 0;
    for (int d = 0; d < catalog->n_deferrable; d++) {
        if (is_known_key(stage, catalog->deferrable[d]) != known)
            continue;
        buf_str(out, n++ ? ", " : "");
        sql_name(out, catalog->schema, catalog->deferrable[d]);
    }
    if (n)
        plan_constraints(sql, names.data, how);
    buf_free(&names);
}

static bool run_if_any(Pg *pg, const Buf *sql, Err *err)
{
    return sql->len == 0 || pg_write(pg, sql->data, NULL, err);
}

static const char *code_of(const Err *refusal)
{
    static const struct {
        const char *sqlstate, *code;
    } codes[] = {{"23505", REJECT_UNIQUE}, {"23514", REJECT_CHECK}, {"23502", REJECT_REQUIRED}};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(refusal->sqlstate, codes[i].sqlstate) == 0)
            return codes[i].code;
    return REJECT_REFUSED;
}

/* The unique key that refused an insert, if a sequence numbers its column: it gave a number that a row has already. */
static const CatalogColumn *behind(const Bisect *b, const Err *refusal)
{
    const CatalogTable *catalog = b->stage->table->catalog;
    for (int k = 0; b->op == 'i' && strcmp(refusal->sqlstate, "23505") == 0 && k < catalog->n_keys; k++) {
        const CatalogColumn *column = catalog_numbered(catalog, &catalog->keys[k]);
        if (column && strcmp(refusal->constraint, catalog->keys[k].name) == 0 &&
            table_column(b->stage->table, column->name) < 0)
            return column;
    }
    return NULL;
}

/* The message is the same in every sync, whatever the number was, so it is no new reject. */
static const char *reason_of(const Bisect *b, const Err *refusal)
{
    const CatalogColumn *column = behind(b, refusal);
    if (!column)
        return arena_printf(&b->found->arena, "the database refuses it: %s", refusal->message);
    Buf setval = {0};
    sql_setval(&setval, b->stage->table->catalog, column);
    const char *reason = arena_printf(&b->found->arena,
                                      "the sequence %s gave a number for %s that a row has already: it is "
                                      "behind the rows; set it: %s",
                                      column->sequence, column->name, setval.data);
    buf_free(&setval);
    return reason;
}

/* Records that wait for a value of this record are refused as well, without being tried. */
static bool refuse_followers(Bisect *b, int64_t seq, Err *err)
{
    int before = b->found->n;
    key_moves_reject_record(b->stage->keys.moves, seq, b->found);
    LateRejects followers = {.items = b->found->items + before, .n = b->found->n - before};
    int64_t live = b->stage->live; /* stage_reject_late counts them in the end */
    bool ok = stage_withdraw(b->stage, &followers, err);
    b->stage->live = live;
    arena_free(&followers.arena);
    return ok;
}

static bool record_rejection(Bisect *b, const Candidate *record, const Err *refusal, Err *err)
{
    if (b->stage->refused++ >= MAX_REFUSALS)
        return err_set(err, ERR_LIMIT, "check the rule that refuses them: artsync looks for single records only up to "
                                       "this limit",
                       "%s: the database refuses more than %d records, the last with: %s", b->stage->table->name,
                       MAX_REFUSALS, refusal->message);
    bool by_key = strcmp(refusal->sqlstate, "23505") == 0 || strcmp(refusal->sqlstate, "23P01") == 0;
    if (by_key) {
        ARRAY_RESERVE(b->retries, b->n_retries, b->cap);
        b->retries[b->n_retries++] = (Retry){record->pos, b->op, b->found->n};
    }
    late_rejects_add(b->found, record->seq, (Reject){code_of(refusal), NULL, NULL, reason_of(b, refusal)});
    return by_key || refuse_followers(b, record->seq, err);
}

/* Try n records from position `first` to `last`: *passed, then they stay applied; else *refusal says why. */
static bool attempt(Bisect *b, int64_t first, int64_t last, int64_t n, bool *passed, Err *refusal, Err *err)
{
    Pg *pg = b->stage->pg;
    if (!pg_savepoint(pg, "artsync_try", err))
        return false;
    *passed = b->apply(b->stage, b->op, first, last, n, refusal) && run_if_any(pg, &b->immediate, refusal);
    if (*passed)
        return pg_release(pg, "artsync_try", err);
    if (pg_refusal(refusal))
        return pg_rollback_to(pg, "artsync_try", err);
    *err = *refusal;
    *refusal = (Err){0};
    return false;
}

static int64_t count_left(const Bisect *b, int64_t lo, int64_t hi)
{
    int64_t n = 0;
    for (; lo <= hi; lo++)
        n += !key_moves_is_rejected(b->stage->keys.moves, b->records[lo].seq);
    return n;
}

/* Try the records lo..hi of b->records; what passes stays applied. */
static bool try_range(Bisect *b, int64_t lo, int64_t hi, Err *err)
{
    Err refusal = {0};
    bool passed = false;
    int64_t n = count_left(b, lo, hi);
    if (n == 0)
        return true;
    bool ok = attempt(b, b->records[lo].pos, b->records[hi].pos, n, &passed, &refusal, err);
    if (passed)
        return ok;
    if (ok && lo == hi)
        ok = record_rejection(b, &b->records[lo], &refusal, err);
    else if (ok)
        ok = try_range(b, lo, lo + (hi - lo) / 2, err) && try_range(b, lo + (hi - lo) / 2 + 1, hi, err);
    err_clear(&refusal);
    return ok;
}

static bool try_operation(Bisect *b, char op, Err *err)
{
    const char text[] = {op, 0}, *params[] = {text};
    PgRows *rows = NULL;
    if (!pg_query(b->stage->pg, sql_query("stage_live_seqs"), 1, params, &rows, err))
        return false;
    int n = pg_count(rows);
    b->op = op;
    b->records = mem_grow(b->records, (size_t)n + 1, sizeof *b->records);
    for (int i = 0; i < n; i++)
        b->records[i] = (Candidate){pg_int(rows, i, 0), pg_int(rows, i, 1)};
    pg_rows_free(rows);
    return n == 0 || try_range(b, 0, n - 1, err);
}

/* Another try for those that a key refused, forwards and backwards alternately (a chain runs one way or the other),
 * until none passes any more. */
static bool try_again(Bisect *b, Err *err)
{
    bool ok = true;
    for (int pass = 0, idle = 0; ok && idle < 2 && b->n_retries > 0; pass++) {
        int left = 0, n = b->n_retries;
        for (int i = 0; ok && i < n; i++) {
            Retry *retry = &b->retries[pass % 2 ? n - 1 - i : i];
            Err refusal = {0};
            bool passed = false;
            b->op = retry->op;
            ok = attempt(b, retry->pos, retry->pos, 1, &passed, &refusal, err);
            err_clear(&refusal);
            if (!passed)
                continue;
            b->found->items[retry->found].seq = retry->pos = 0; /* both begin at 1 */
            b->stage->refused--;
        }
        for (int i = 0; i < n; i++)
            if (b->retries[i].pos)
                b->retries[left++] = b->retries[i];
        idle = left == n ? idle + 1 : 0;
        b->n_retries = left;
    }
    return ok;
}

/* Take those out of the list that got through after all. */
static void drop_accepted(LateRejects *found)
{
    int left = 0;
    for (int i = 0; i < found->n; i++)
        if (found->items[i].seq)
            found->items[left++] = found->items[i];
    found->n = left;
}

/* Does everything hold now? Then it stays; else it is undone. */
static bool keep_if_valid(Pg *pg, bool *applied, Err *err)
{
    Err refusal = {0};
    *applied = pg_write(pg, sql_query("constraints_immediate"), NULL, &refusal);
    if (*applied)
        return pg_release(pg, "artsync_bisect", err);
    bool ok = pg_refusal(&refusal);
    if (ok)
        ok = pg_rollback_to(pg, "artsync_bisect", err);
    else
        *err = refusal;
    if (ok)
        err_clear(&refusal);
    return ok;
}

bool bisect_refusals(Stage *stage, ApplyRange *apply, const char *operations, bool defer, LateRejects *found,
                     bool *applied, Err *err)
{
    Pg *pg = stage->pg;
    Bisect b = {.stage = stage, .apply = apply, .found = found};
    Buf deferred = {0};
    if (defer) {
        set_constraints(&deferred, stage, true, "DEFERRED");
        set_constraints(&b.immediate, stage, false, "IMMEDIATE");
    } else {
        buf_str(&b.immediate, sql_query("constraints_immediate"));
    }
    bool ok = pg_savepoint(pg, "artsync_bisect", err) && run_if_any(pg, &deferred, err);
    for (const char *op = operations; ok && *op; op++)
        ok = try_operation(&b, *op, err);
    ok = ok && try_again(&b, err) && keep_if_valid(pg, applied, err);
    drop_accepted(found);
    buf_free(&deferred);
    buf_free(&b.immediate);
    free(b.records);
    free(b.retries);
    return ok;
}

/* bisect.c - which records does the database refuse, for a reason that artsync has never heard of?
 *
 * Halves are tried under savepoints, updates first and then inserts; what passes stays while the rest is tried, so the
 * second of two records that bother each other is the one to blame. The keys that artsync knows are deferred meanwhile,
 * so that halving never tears a swap apart; all other deferrable constraints are made immediate after each try, so that
 * deferred refusals name their record too. Everything is undone in the end: only the list of refusals stays.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine.h"

typedef struct Bisect {
    Turn *turn;
    Refusals *found;
    char op;
    int64_t *seqs; /* the live records with this op, ascending */
    Buf immediate; /* SET CONSTRAINTS of what is not ours; empty: nothing */
} Bisect;

/* One of the table's own unique keys, checked by rules.c. */
static bool is_own_key(const CatalogTable *catalog, const char *name)
{
    for (int k = 0; k < catalog->n_keys; k++)
        if (strcmp(catalog->keys[k].name, name) == 0)
            return true;
    return false;
}

/* "SET CONSTRAINTS a, b <how>" over the deferrable constraints that are (not) own keys. */
static void set_constraints(Buf *out, const Turn *turn, bool own, const char *how)
{
    const CatalogTable *catalog = turn->table->catalog;
    int n = 0;
    for (int d = 0; d < catalog->n_deferrable; d++) {
        if (is_own_key(catalog, catalog->deferrable[d]) != own)
            continue;
        buf_str(out, n++ ? ", " : "SET CONSTRAINTS ");
        sql_name(out, catalog->schema, catalog->deferrable[d]);
    }
    if (n)
        buf_printf(out, " %s", how);
}

static bool run_if_any(Pg *pg, const Buf *sql, Err *err)
{
    return sql->len == 0 || pg_run(pg, sql->data, 0, NULL, NULL, err);
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

static bool blame(Bisect *b, int64_t seq, const Err *refusal, Err *err)
{
    if (b->turn->refused + b->found->n >= MAX_REFUSALS)
        return err_set(err, ERR_LIMIT, "look at the rule that refuses them: artsync looks for single records only up to "
                                       "this limit",
                       "%s: the database refuses more than %d records, the last with: %s", b->turn->table->name,
                       MAX_REFUSALS, refusal->message);
    refusals_add(b->found, seq, code_of(refusal), NULL, NULL,
                 arena_printf(&b->found->arena, "the database refuses it: %s", refusal->message));
    return true;
}

/* Try the records lo..hi of b->seqs; what passes stays applied. */
static bool try_range(Bisect *b, int64_t lo, int64_t hi, Err *err)
{
    Pg *pg = b->turn->run->pg;
    Err refusal = {0};
    if (!pg_savepoint(pg, "artsync_try", err))
        return false;
    if (apply_range(b->turn, b->op, b->seqs[lo], b->seqs[hi], hi - lo + 1, &refusal) &&
        run_if_any(pg, &b->immediate, &refusal))
        return pg_release(pg, "artsync_try", err);
    if (!pg_refusal(&refusal)) {
        *err = refusal;
        return false;
    }
    bool ok = pg_rollback_to(pg, "artsync_try", err);
    if (ok && lo == hi)
        ok = blame(b, b->seqs[lo], &refusal, err);
    else if (ok)
        ok = try_range(b, lo, lo + (hi - lo) / 2, err) && try_range(b, lo + (hi - lo) / 2 + 1, hi, err);
    err_clear(&refusal);
    return ok;
}

static bool try_operation(Bisect *b, char op, Err *err)
{
    const char *params[] = {op == 'u' ? "u" : "i"};
    PgRows *rows = NULL;
    if (!pg_query(b->turn->run->pg, "SELECT seq FROM pg_temp.artsync_stage WHERE live AND op = $1::\"char\" ORDER BY seq",
                  1, params, &rows, err))
        return false;
    int n = pg_count(rows);
    b->op = op;
    b->seqs = mem_grow(b->seqs, (size_t)n + 1, sizeof *b->seqs);
    for (int i = 0; i < n; i++)
        b->seqs[i] = pg_int(rows, i, 0);
    pg_rows_free(rows);
    return n == 0 || try_range(b, 0, n - 1, err);
}

bool bisect_refusals(Turn *turn, Refusals *found, Err *err)
{
    Pg *pg = turn->run->pg;
    Bisect b = {.turn = turn, .found = found};
    Buf deferred = {0};
    set_constraints(&deferred, turn, true, "DEFERRED");
    set_constraints(&b.immediate, turn, false, "IMMEDIATE");
    bool ok = pg_savepoint(pg, "artsync_bisect", err) && run_if_any(pg, &deferred, err) &&
              try_operation(&b, 'u', err) && try_operation(&b, 'i', err) && pg_rollback_to(pg, "artsync_bisect", err);
    buf_free(&deferred);
    buf_free(&b.immediate);
    free(b.seqs);
    return ok;
}

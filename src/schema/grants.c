/* What a role needs, and what of it is missing. */
#include "artsync/embed.h"
#include "artsync/grants.h"

static const char *text_array(Buf *out, const Base *base, bool states)
{
    Arena arena = {0};
    const char **items = arena_alloc(&arena, ((size_t)base->n_tables + 1) * sizeof *items);
    for (int i = 0; i < base->n_tables; i++)
        items[i] = states ? base->tables[i].state : base->tables[i].name;
    sql_array(out, items, base->n_tables);
    arena_free(&arena);
    return out->data;
}

static void add(Grants *grants, const PgRows *rows, int row)
{
    const char *statement = pg_get(rows, row, 1), *missing = pg_get(rows, row, 2);
    grants->role = arena_str(&grants->arena, pg_get(rows, row, 0));
    if (!statement)
        return;
    grants->items[grants->n++] = (Grant){.statement = arena_str(&grants->arena, statement),
                                         .missing = missing ? arena_str(&grants->arena, missing) : NULL};
    grants->n_missing += missing != NULL;
}

bool grants_read(Pg *pg, const Base *base, const char *role, const char *purpose, Grants *out, Err *err)
{
    Buf tables = {0}, states = {0};
    PgRows *rows = NULL;
    *out = (Grants){0};
    const char *const params[] = {role, purpose, base->schema, text_array(&tables, base, false),
                                  text_array(&states, base, true)};
    bool ok = pg_query(pg, sql_query("grants"), 5, params, &rows, err) || err_context(err, "looking at privileges");
    if (ok)
        out->items = arena_alloc(&out->arena, ((size_t)pg_count(rows) + 1) * sizeof *out->items);
    for (int row = 0; ok && row < pg_count(rows); row++)
        add(out, rows, row);
    pg_rows_free(rows);
    buf_free(&tables);
    buf_free(&states);
    return ok;
}

bool grants_require(Pg *pg, const Base *base, const char *purpose, Err *err)
{
    Grants grants;
    if (!grants_read(pg, base, NULL, purpose, &grants, err))
        return false;
    bool ok = grants.n_missing == 0;
    if (!ok) {
        Buf hint = {0};
        buf_str(&hint, "let the owner of these objects, or a superuser, run:");
        for (int i = 0; i < grants.n; i++) {
            if (grants.items[i].missing)
                buf_printf(&hint, "\n%s", grants.items[i].missing);
        }
        err_set(err, ERR_PRIVILEGE, hint.data, "%s: the role %s lacks privileges that it needs", pg_describe(pg),
                grants.role);
        buf_free(&hint);
    }
    grants_free(&grants);
    return ok;
}

void grants_free(Grants *grants)
{
    arena_free(&grants->arena);
    *grants = (Grants){0};
}

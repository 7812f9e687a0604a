/* What a role needs, and what of it is missing. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/grants.h"

/* In the order of the parameters of grants.sql. */
typedef enum Part {
    PART_SCHEMAS,
    PART_TABLES,
    PART_STATES,
    PART_LINKED_SCHEMAS,
    PART_LINKED,
    PART_COUNT
} Part;

static bool is_among(StringList only, const Table *table)
{
    for (int i = 0; i < only.n; i++)
        if (strcmp(only.items[i], table->name) == 0)
            return true;
    return only.n == 0;
}

/* Does a table of the run link to it, and is it not of the run itself? */
static bool is_linked(const Base *base, StringList only, const Table *to)
{
    for (int i = 0; i < base->n_tables && !is_among(only, to); i++) {
        const Table *table = &base->tables[i];
        for (int c = 0; is_among(only, table) && c < table->n_columns; c++)
            if (table->columns[c].to == to)
                return true;
    }
    return false;
}

static const char *text_array(Buf *out, const Base *base, StringList only, Part part)
{
    Arena arena = {0};
    const char **items = arena_alloc(&arena, ((size_t)base->n_tables + 1) * sizeof *items);
    int n = 0;
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        bool linked = part == PART_LINKED || part == PART_LINKED_SCHEMAS;
        if (linked ? is_linked(base, only, table) : is_among(only, table))
            items[n++] = part == PART_SCHEMAS || part == PART_LINKED_SCHEMAS ? table->schema
                         : part == PART_STATES                              ? table->state
                                                                            : table->name;
    }
    sql_array(out, items, n);
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

/* Those that the base's files have made; none where this role may not know. */
static bool made_tables(Pg *pg, const Base *base, char **list, Err *err)
{
    char *readable = NULL;
    bool ok = pg_value(pg, sql_query("made_readable"), 0, NULL, &readable, err);
    if (ok && readable[0] == 't')
        ok = pg_value(pg, sql_query("made_tables"), 1, &base->name, list, err);
    else if (ok)
        *list = mem_dup("{}");
    free(readable);
    return ok || err_context(err, "reading what the base's files made");
}

static bool read_grants(Pg *pg, const Base *base, const char *role, const char *purpose, StringList only,
                        Grants *out, Err *err)
{
    Buf lists[PART_COUNT] = {0};
    PgRows *rows = NULL;
    char *made = NULL;
    *out = (Grants){0};
    if (!made_tables(pg, base, &made, err))
        return false;
    const char *params[2 + PART_COUNT + 2] = {role, purpose};
    for (Part part = 0; part < PART_COUNT; part++)
        params[2 + part] = text_array(&lists[part], base, only, part);
    params[2 + PART_COUNT] = base->schema;
    params[3 + PART_COUNT] = made;
    bool ok = pg_query(pg, sql_query("grants"), 4 + PART_COUNT, params, &rows, err) ||
              err_context(err, "looking at privileges");
    if (ok)
        out->items = arena_alloc(&out->arena, ((size_t)pg_count(rows) + 1) * sizeof *out->items);
    for (int row = 0; ok && row < pg_count(rows); row++)
        add(out, rows, row);
    pg_rows_free(rows);
    for (Part part = 0; part < PART_COUNT; part++)
        buf_free(&lists[part]);
    free(made);
    return ok;
}

bool grants_read(Pg *pg, const Base *base, const char *role, const char *purpose, Grants *out, Err *err)
{
    return read_grants(pg, base, role, purpose, (StringList){0}, out, err);
}

bool grants_require(Pg *pg, const Base *base, const char *purpose, StringList only, Err *err)
{
    Grants grants;
    if (!read_grants(pg, base, NULL, purpose, only, &grants, err))
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

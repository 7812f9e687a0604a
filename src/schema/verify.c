/* Compare what the migrations make with what is there. */
#include <string.h>

#include "private.h"

typedef struct Comparison {
    const Base *base;
    const PgRows *expected, *live;
    DifferenceFn *each;
    void *ctx;
    int wrong;
} Comparison;

static const char *get(const PgRows *rows, int row, int column)
{
    const char *text = pg_get(rows, row, column);
    return text ? text : "";
}

/* The row with this kind and name, or -1. A few hundred rows at most. */
static int find(const PgRows *rows, const char *kind, const char *name)
{
    for (int row = 0; row < pg_count(rows); row++) {
        if (strcmp(get(rows, row, OBJECT_NAME), name) == 0 && strcmp(get(rows, row, OBJECT_KIND), kind) == 0)
            return row;
    }
    return -1;
}

static bool tell(Comparison *c, DifferenceKind kind, const PgRows *rows, int row, const char *expected,
                 const char *found, Err *err)
{
    c->wrong += kind != DIFFERENCE_ADDITION;
    return c->each(c->ctx,
                   &(Difference){.kind = kind,
                                 .type = get(rows, row, OBJECT_KIND),
                                 .object = get(rows, row, OBJECT_NAME),
                                 .expected = expected,
                                 .found = found},
                   err);
}

/* Parts of a table that is missing as a whole are not listed. */
static bool missing_and_changed(Comparison *c, Err *err)
{
    for (int row = 0; row < pg_count(c->expected); row++) {
        const char *parent = pg_get(c->expected, row, OBJECT_PARENT);
        const char *expected = get(c->expected, row, OBJECT_DEFINITION);
        if (parent && find(c->live, "table", parent) < 0)
            continue;
        int at = find(c->live, get(c->expected, row, OBJECT_KIND), get(c->expected, row, OBJECT_NAME));
        if (at < 0) {
            if (!tell(c, DIFFERENCE_MISSING, c->expected, row, expected, NULL, err))
                return false;
        } else if (strcmp(expected, get(c->live, at, OBJECT_DEFINITION)) != 0) {
            const char *found = get(c->live, at, OBJECT_DEFINITION);
            if (!tell(c, DIFFERENCE_CHANGED, c->expected, row, expected, found, err))
                return false;
        }
    }
    return true;
}

/* Its own schemas, and those that its files put something into; but sync_logs alone does not make public one. */
static bool is_the_bases(const Comparison *c, const char *schema)
{
    for (int row = 0; row < pg_count(c->expected); row++)
        if (strcmp(get(c->expected, row, OBJECT_SCHEMA), schema) == 0 && !pg_get(c->expected, row, OBJECT_PARENT) &&
            strcmp(get(c->expected, row, OBJECT_NAME), "public.sync_logs") != 0)
            return true;
    return strcmp(schema, c->base->schema) == 0;
}

/* Functions and types of others are not listed: extensions and applications have many, and they touch no table. */
static bool counts_as_addition(const Comparison *c, int row)
{
    const char *schema = get(c->live, row, OBJECT_SCHEMA), *kind = get(c->live, row, OBJECT_KIND);
    if (pg_get(c->live, row, OBJECT_PARENT))
        return true;
    return (strcmp(kind, "table") == 0 || strstr(kind, "view")) && is_the_bases(c, schema);
}

static bool additions(Comparison *c, Err *err)
{
    for (int row = 0; row < pg_count(c->live); row++) {
        const char *found = get(c->live, row, OBJECT_DEFINITION);
        if (counts_as_addition(c, row) &&
            find(c->expected, get(c->live, row, OBJECT_KIND), get(c->live, row, OBJECT_NAME)) < 0 &&
            !tell(c, DIFFERENCE_ADDITION, c->live, row, NULL, found, err))
            return false;
    }
    return true;
}

/* Files that are not applied as they are are differences too, whatever the catalog looks like. */
static bool migrations(Comparison *c, Pg *pg, const char *base_name, Err *err)
{
    static const char *const found[] = {"applied", NULL, "applied, but the file was edited since",
                                        "applied, but the file is missing"};
    Steps steps = {0};
    bool ok = steps_read(&steps, pg, c->base, base_name, err);
    for (int i = 0; ok && i < steps.n; i++) {
        const Migration *m = &steps.items[i].migration;
        if (m->state == MIGRATION_APPLIED)
            continue;
        const char *name = arena_printf(&steps.arena, "%s/%s", m->source, m->file);
        c->wrong++;
        ok = c->each(c->ctx,
                     &(Difference){.kind = m->state == MIGRATION_PENDING ? DIFFERENCE_MISSING : DIFFERENCE_CHANGED,
                                   .type = "migration",
                                   .object = name,
                                   .expected = "applied",
                                   .found = found[m->state]},
                     err);
    }
    steps_free(&steps);
    return ok;
}

bool schema_verify(Pg *pg, const Base *base, const char *base_name, DifferenceFn *each, void *ctx, int *wrong, Err *err)
{
    Shadow expected = {0};
    PgRows *live = NULL;
    Comparison c = {.base = base, .each = each, .ctx = ctx};
    bool ok = pg_begin(pg, PG_TX_WRITE, err) && pg_trust(pg, base, NULL, 0, NULL, err) &&
              shadow_make(pg, base, base_name, &expected, err) && live_objects(pg, &expected, &live, err);
    c.expected = expected.rows;
    c.live = live;
    ok = ok && migrations(&c, pg, base_name, err);
    pg_rollback(pg);
    ok = ok && missing_and_changed(&c, err) && additions(&c, err);
    *wrong = c.wrong;
    shadow_free(&expected);
    pg_rows_free(live);
    return ok;
}

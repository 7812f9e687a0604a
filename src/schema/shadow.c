/* What the migrations make, by making it: inside a transaction the schemas are renamed, the migrations
 * run into empty ones, the catalog is read, and everything is rolled back. No other session ever sees it, no lock on a
 * table is taken, and a crash leaves nothing behind.
 *
 * Which schemas these are: artsync's, public, those of base.json, and every other one that the base's SQL files name
 * and this role owns. One of the last kind may as well hold what others made (a type of an extension, a table that a
 * foreign key points to): a statement that misses it there says so, and the next attempt leaves that schema in
 * place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/embed.h"
#include "private.h"

/* A schema that steps aside. */
typedef struct Space {
    const char *name;
    bool named_by_base; /* by base.json: the migrations are meant to fill it */
    bool create;        /* the base's files expect it to be there */
    bool keep;          /* it stays in place */
} Space;

typedef struct Spaces {
    Space *items;
    int n, cap;
    StringList before; /* all that the role owned at the beginning */
    bool fall_back;    /* the base's files use types or functions in its schema that others made: an extension's */
    Arena arena;
} Spaces;

/* ---- which schemas ---- */

static Space *find(const Spaces *all, const char *name)
{
    for (int i = 0; i < all->n; i++)
        if (strcmp(all->items[i].name, name) == 0)
            return &all->items[i];
    return NULL;
}

static void add(Spaces *all, const char *name, bool named_by_base)
{
    if (find(all, name))
        return;
    ARRAY_RESERVE(all->items, all->n, all->cap);
    all->items[all->n++] = (Space){.name = arena_str(&all->arena, name), .named_by_base = named_by_base};
}

static bool owned_schemas(Pg *pg, Arena *arena, StringList *names, Err *err)
{
    PgRows *rows = NULL;
    if (!pg_query(pg, sql_query("schemas_owned"), 0, NULL, &rows, err))
        return err_context(err, "reading which schemas there are");
    *names = (StringList){arena_alloc(arena, (size_t)(pg_count(rows) + 1) * sizeof *names->items), pg_count(rows)};
    for (int row = 0; row < names->n; row++)
        names->items[row] = arena_str(arena, pg_get(rows, row, 0));
    pg_rows_free(rows);
    return true;
}

static bool names_it(const Steps *steps, const char *schema)
{
    for (int i = 0; i < steps->n; i++)
        if (!steps->items[i].own && strcasestr(steps->items[i].text, schema))
            return true;
    return false;
}

static bool spaces_of(Spaces *all, Pg *pg, const Base *base, const char *base_name, Err *err)
{
    Steps steps = {0};
    add(all, "artsync", true);
    add(all, "public", true);
    add(all, base->schema, true);
    for (int i = 0; i < base->n_tables; i++)
        add(all, base->tables[i].schema, true);
    bool ok = steps_files(&steps, base, base_name, err) && owned_schemas(pg, &all->arena, &all->before, err);
    for (int i = 0; ok && i < all->before.n; i++)
        if (names_it(&steps, all->before.items[i]))
            add(all, all->before.items[i], false);
    steps_free(&steps);
    return ok;
}

static void spaces_free(Spaces *all)
{
    free(all->items);
    arena_free(&all->arena);
}

/* ---- one attempt ---- */

static bool run_ddl(Pg *pg, const char *before, const char *name, const char *after, Err *err)
{
    Buf sql = {0};
    buf_str(&sql, before);
    sql_ident(&sql, name);
    buf_str(&sql, after);
    bool ok = pg_script(pg, sql.data, err);
    buf_free(&sql);
    return ok;
}

static bool is_there(Pg *pg, const char *schema, bool *there, Err *err)
{
    char *exists = NULL;
    bool ok = pg_value(pg, sql_query("schema_exists"), 1, &schema, &exists, err);
    *there = ok && exists && exists[0] == 't';
    free(exists);
    return ok;
}

/* No grant helps here, so none is to be named. */
static bool not_owner(Err *err)
{
    if (err->code == ERR_PRIVILEGE)
        err_sqlstate(err, "");
    return err_context(err, "renaming the schemas for the comparison (the role has to own the schemas)");
}

static bool step_aside(Pg *pg, const Spaces *all, Err *err)
{
    for (int i = 0; i < all->n; i++) {
        const Space *space = &all->items[i];
        char after[64];
        bool there;
        if (space->keep)
            continue;
        if (!is_there(pg, space->name, &there, err))
            return false;
        snprintf(after, sizeof after, " RENAME TO artsync_aside_%d", i);
        if (there && !run_ddl(pg, "ALTER SCHEMA ", space->name, after, err))
            return not_owner(err);
        if ((space->create || strcmp(space->name, "public") == 0) &&
            !run_ddl(pg, "CREATE SCHEMA ", space->name, "", err))
            return false;
    }
    return true;
}

static bool is_aside(const char *schema) { return strncmp(schema, "artsync_aside_", 14) == 0; }

static bool holds(const StringList *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

/* What the migrations filled: all that is there now, but for schemas that were there before and stayed. */
static bool note_schemas(Pg *pg, const Spaces *all, Shadow *out, Err *err)
{
    StringList now;
    if (!owned_schemas(pg, &out->arena, &now, err))
        return false;
    out->schemas.items = arena_alloc(&out->arena, (size_t)(now.n + 1) * sizeof *out->schemas.items);
    out->made.items = arena_alloc(&out->arena, (size_t)(now.n + 1) * sizeof *out->made.items);
    out->schemas.n = out->made.n = 0;
    for (int i = 0; i < now.n; i++) {
        const char *name = now.items[i];
        const Space *space = find(all, name);
        if (is_aside(name) || (space ? space->keep : holds(&all->before, name)))
            continue;
        out->schemas.items[out->schemas.n++] = name;
        if (!(space && space->create) && strcmp(name, "artsync") != 0 && strcmp(name, "public") != 0)
            out->made.items[out->made.n++] = name;
    }
    return true;
}

static bool read_objects(Pg *pg, const StringList *schemas, const char *tables, const char *from, const char *to,
                         PgRows **rows, Err *err)
{
    Buf list = {0};
    sql_array(&list, schemas->items, schemas->n);
    bool ok = pg_query(pg, sql_query("schema_objects"), 4, (const char *[]){list.data, tables, from, to}, rows, err);
    buf_free(&list);
    return ok || err_context(err, "reading the catalog");
}

static bool attempt(Pg *pg, const Base *base, const char *base_name, const Spaces *all, Shadow *out, Err *err)
{
    char aside[32];
    snprintf(aside, sizeof aside, "artsync_aside_%d", (int)(find(all, base->schema) - all->items));
    Applying how = {.fallback = all->fall_back ? aside : NULL};
    return step_aside(pg, all, err) && migrate_apply(pg, base, base_name, &how, err) &&
           note_schemas(pg, all, out, err) &&
           read_objects(pg, &out->schemas, NULL, aside, base->schema, &out->rows, err);
}

/* ---- learning from one that failed ---- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

/* Is the schema's name a word of the message? In whatever language it is, names are as they are. */
static bool is_named(const char *message, const char *schema)
{
    size_t n = strlen(schema);
    for (const char *at = message; (at = strstr(at, schema)); at++)
        if ((at == message || !is_word(at[-1])) && !is_word(at[n]))
            return true;
    return false;
}

/* Change the attempt to one that gets past this error; false if there is none. A schema that is missing is made empty
 * first, and if that is not enough, one that base.json does not name stays in place. */
static bool learn(Spaces *all, const Base *base, const Err *why)
{
    Space *own = find(all, base->schema);
    bool no_schema = strcmp(why->sqlstate, "3F000") == 0;
    bool no_type = strcmp(why->sqlstate, "42704") == 0 || strcmp(why->sqlstate, "42883") == 0;
    bool no_table = strcmp(why->sqlstate, "42P01") == 0;
    for (int i = 0; i < all->n && (no_schema || no_type || no_table); i++) {
        Space *space = &all->items[i];
        if (space->keep || !is_named(why->message, space->name))
            continue;
        if (no_schema && !space->create && strcmp(space->name, "public") != 0)
            return space->create = true;
        if (!space->named_by_base)
            return space->keep = true;
    }
    if (no_schema && !own->create && strcmp(base->schema, "public") != 0) /* "no schema has been selected" */
        return own->create = true;
    if (no_type && !all->fall_back)
        return all->fall_back = true;
    return false;
}

bool shadow_make(Pg *pg, const Base *base, const char *base_name, Shadow *out, Err *err)
{
    Spaces all = {0};
    *out = (Shadow){0};
    bool ok = spaces_of(&all, pg, base, base_name, err), done = false;
    while (ok && !done) {
        Err why = {0};
        ok = pg_savepoint(pg, "artsync_shadow", err);
        done = ok && attempt(pg, base, base_name, &all, out, &why);
        if (ok && !done && !learn(&all, base, &why)) {
            *err = why;
            ok = false;
            break;
        }
        err_clear(&why);
        ok = ok && pg_rollback_to(pg, "artsync_shadow", err);
    }
    spaces_free(&all);
    return ok;
}

void shadow_free(Shadow *shadow)
{
    pg_rows_free(shadow->rows);
    arena_free(&shadow->arena);
}

bool live_objects(Pg *pg, const Shadow *expected, PgRows **rows, Err *err)
{
    const char **names = mem_alloc(((size_t)pg_count(expected->rows) + 1) * sizeof *names);
    int n = 0;
    for (int row = 0; row < pg_count(expected->rows); row++) {
        if (strcmp(pg_get(expected->rows, row, OBJECT_KIND), "table") == 0)
            names[n++] = pg_get(expected->rows, row, OBJECT_NAME);
    }
    Buf tables = {0};
    sql_array(&tables, names, n);
    free(names);
    bool ok = read_objects(pg, &expected->schemas, tables.data, NULL, NULL, rows, err);
    buf_free(&tables);
    return ok;
}

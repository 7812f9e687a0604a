/* load_keys.c - keys and indexes of an empty table, dropped before its first load and made again after it.
 *
 * A foreign key checked row by row costs more than half of a bulk load, and an index filled in the order of random ids
 * most of the rest; made at the end, in the same transaction, they are one join and one sort. Touched is only what
 * load_keys.sql allows, of tables that their owner loads: it gives each statement that drops beside the one that makes.
 */
#include <stdlib.h>

#include "artsync/embed.h"
#include "internal.h"

struct LoadKeys {
    PgRows *table, *state; /* what was dropped, and how it is made again */
};

enum { KEY_DROP, KEY_MAKE };

/* The text of the base's migrations: what they do not name is somebody else's. */
static bool add_migration(void *ctx, const char *path, const char *text, size_t size, Err *err)
{
    (void)path;
    (void)err;
    if (!text)
        return false;
    buf_add(ctx, text, size);
    return true;
}

/* The tables that this run loads from empty, as arrays: foreign keys between them may be dropped. */
static void fresh_tables(const Base *base, const bool *fresh, Buf *names, Buf *schemas)
{
    int n = 0;
    const char **items = mem_alloc(2 * sizeof *items * (size_t)(base->n_tables + 1)), **spaces = items + base->n_tables;
    for (int i = 0; i < base->n_tables; i++)
        if (fresh[i] && base->tables[i].catalog->owned) {
            items[n] = base->tables[i].name;
            spaces[n++] = base->tables[i].schema;
        }
    sql_array(names, items, n);
    sql_array(schemas, spaces, n);
    free(items);
}

static bool run_each(Pg *pg, const PgRows *keys, int column, Err *err)
{
    for (int r = 0; keys && r < pg_count(keys); r++)
        if (!pg_run(pg, pg_get(keys, r, column), 0, NULL, NULL, err))
            return false;
    return true;
}

bool load_keys_drop(LoadKeys **out, const Load *load, Err *err)
{
    LoadKeys *keys = *out = mem_alloc(sizeof *keys);
    const Table *table = load->run->table;
    Pg *pg = load->run->pg;
    Buf migrations = {0}, fresh = {0}, schemas = {0};
    buf_reserve(&migrations, 1);
    fresh_tables(table->base, load->options.fresh, &fresh, &schemas);
    const char *of_table[] = {table->schema, table->name, NULL, fresh.data, schemas.data};
    const char *of_state[] = {"artsync", table->state, NULL, "{}", "{}"};
    bool ok = !table->base->path || base_files(table->base->path, "", add_migration, &migrations, err);
    of_table[2] = migrations.data;
    ok = ok && pg_query(pg, sql_query("load_keys"), 5, of_table, &keys->table, err) &&
         pg_query(pg, sql_query("load_keys"), 5, of_state, &keys->state, err) &&
         run_each(pg, keys->table, KEY_DROP, err) && run_each(pg, keys->state, KEY_DROP, err);
    buf_free(&migrations);
    buf_free(&fresh);
    buf_free(&schemas);
    return ok;
}

bool load_keys_make(const LoadKeys *keys, Pg *pg, Err *err)
{
    return run_each(pg, keys->table, KEY_MAKE, err) && run_each(pg, keys->state, KEY_MAKE, err);
}

void load_keys_free(LoadKeys *keys)
{
    if (!keys)
        return;
    pg_rows_free(keys->table);
    pg_rows_free(keys->state);
    free(keys);
}

/* skip.c - may a file be skipped because nothing that its records depend on has changed since the last sync? */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "artsync/hash.h"
#include "plan_skip.h"
#include "run.h"

OnConflict conflict_choice(const SyncOptions *options, Phase phase)
{
    if (options->on_conflict != CONFLICT_BY_PHASE)
        return options->on_conflict;
    return phase == PHASE_PRIMARY ? CONFLICT_DATABASE : CONFLICT_EXPORT;
}

static void add_text(Buf *out, const char *text) { buf_printf(out, "%s%c", text ? text : "\1", '\0'); }

static void add_key(Buf *out, const CatalogTable *table, const CatalogKey *key)
{
    add_text(out, key->name);
    for (int i = 0; i < key->n_columns; i++)
        add_text(out, table->columns[key->columns[i]].name);
    for (int i = 0; i < key->n_parts; i++)
        add_text(out, key->parts[i]);
    add_text(out, key->predicate);
    buf_printf(out, "%d%d", key->deferrable, key->nulls_equal);
}

static void add_rules(Buf *out, const CatalogTable *table)
{
    for (int c = 0; c < table->n_columns; c++) {
        const CatalogColumn *column = &table->columns[c];
        add_text(out, column->name);
        buf_char(out, column->not_null ? 'n' : '-');
        for (int l = 0; l < column->type.n_labels; l++)
            add_text(out, column->type.labels[l]);
    }
    for (int k = 0; k < table->n_keys; k++)
        add_key(out, table, &table->keys[k]);
    for (int c = 0; c < table->n_checks; c++) {
        add_text(out, table->checks[c].name);
        add_text(out, table->checks[c].expression);
    }
}

char *mapping_hash(const Table *table, Arena *arena)
{
    Buf rules = {0};
    buf_str(&rules, "rules");
    add_rules(&rules, table->catalog);
    uint64_t hash = hash64(buf_view(&rules), table->fingerprint);
    buf_free(&rules);
    return arena_printf(arena, "%016llx", (unsigned long long)hash);
}

bool ids_fingerprint(Pg *pg, const Table *table, char **hash, Err *err)
{
    Buf sql = {0};
    plan_ids_fingerprint(&sql, table);
    bool ok = pg_value(pg, sql.data, 0, NULL, hash, err);
    buf_free(&sql);
    return ok;
}

/* Is there a record that has state but no row any more? The ids' fingerprint answers fast where no row came or went;
 * where the business's own application adds rows, the state is compared id by id. */
static bool some_row_gone(Pg *pg, const Table *table, const char *then, char **now, bool *gone, Err *err)
{
    char *value = NULL;
    if (!ids_fingerprint(pg, table, now, err))
        return false;
    bool same = then && strcmp(*now, then) == 0;
    *gone = !same && table->updates_only; /* a row that came may be that of a record that was not found */
    if (same || *gone)
        return true;
    Buf sql = {0};
    plan_row_gone(&sql, table);
    bool ok = pg_value(pg, sql.data, 0, NULL, &value, err);
    *gone = ok && value[0] == 't';
    free(value);
    buf_free(&sql);
    return ok;
}

/* "|=" and the fingerprint: no column has an empty name. */
static const char KEYS[] = "|=";

bool keys_fingerprint(Pg *pg, const Table *table, Buf *out, Err *err)
{
    Buf sql = {0};
    char *hash = NULL;
    plan_keys_fingerprint(&sql, table);
    bool ok = pg_value(pg, sql.data, 0, NULL, &hash, err);
    if (ok)
        buf_printf(out, "%s%s", KEYS, hash);
    free(hash);
    buf_free(&sql);
    return ok;
}

/* "|column=SHA-256" per link by name. */
bool exports_fingerprint(const Table *table, const bool *by_name, const LinkExport *exports, Buf *out, Err *err)
{
    for (int c = 0; c < table->n_columns; c++) {
        if (!by_name[c])
            continue;
        Source *source = exports[table->columns[c].to->index].source;
        if (source && !source->fingerprint[0] && !source_fingerprint(source, err))
            return err_context(err, "%s", table->columns[c].to->name);
        buf_printf(out, "|%s=%s", table->columns[c].name, source ? source->fingerprint : "");
    }
    return true;
}

/* Which columns were links by name then? */
static bool *columns_by_name(const Table *table, const char *then, Arena *arena)
{
    bool *by_name = arena_alloc(arena, sizeof *by_name * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        by_name[c] = table->columns[c].to && strstr(then, arena_printf(arena, "|%s=", table->columns[c].name));
    return by_name;
}

static bool links_moved(const SkipCase *source, Pg *pg, const char *then, bool *moved, Err *err)
{
    *moved = false;
    if (!then)
        return true;
    char *rows = NULL;
    Buf now = {0};
    Arena arena = {0};
    bool ok = then[0] == '|' || links_fingerprint(pg, source->table, &rows, err); /* of rejects, if there were any */
    if (ok && rows)
        buf_str(&now, rows);
    ok = ok && (!strstr(then, KEYS) || keys_fingerprint(pg, source->table, &now, err));
    ok = ok &&
         exports_fingerprint(source->table, columns_by_name(source->table, then, &arena), source->exports, &now, err);
    *moved = ok && strcmp(now.len ? now.data : "", then) != 0;
    arena_free(&arena);
    buf_free(&now);
    free(rows);
    return ok;
}

bool skip_allowed(Pg *pg, const SkipCase *source, bool *skip, char **fingerprint, int64_t *open_rejects, Err *err)
{
    *fingerprint = NULL;
    *skip = false;
    if (source->mode != SYNC_INCREMENTAL)
        return true;
    bool resolves_conflicts = source->on_conflict != CONFLICT_REJECT; /* that were rejected */
    Arena arena = {0};
    PgRows *rows = NULL;
    const Table *table = source->table;
    const char *params[] = {table->base->name,          table->name, source->fingerprint, mapping_hash(table, &arena),
                            source->replay ? "t" : "f", resolves_conflicts ? "t" : "f"};
    bool stale = true;
    bool ok = pg_query(pg, sql_query("last_sync_same"), 6, params, &rows, err);
    if (ok && pg_count(rows) == 1 && pg_bool(rows, 0, 0)) {
        ok = links_moved(source, pg, pg_get(rows, 0, 1), &stale, err);
        if (ok && !stale)
            ok = some_row_gone(pg, table, pg_get(rows, 0, 2), fingerprint, &stale, err);
    }
    *skip = ok && !stale;
    if (*skip)
        *open_rejects = pg_int(rows, 0, 3);
    pg_rows_free(rows);
    arena_free(&arena);
    return ok;
}

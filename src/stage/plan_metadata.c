/* plan_metadata.c - the metadata columns in statements that write rows: what an INSERT adds, what an UPDATE sets. */
#include "artsync/pg.h"
#include "artsync/plan.h"

/* The defaults that `db migrate` gives these columns. A column that came with another one, or with none, is written by
 * every INSERT: rows that a sync makes are active and dated whatever the table's own defaults are. */
static const struct {
    const char *value;      /* in SQL */
    const char *defaults[2]; /* as pg_get_expr prints them; NULL: always written */
} inserted[META_COUNT] = {
    [META_SYNCED_AT] = {"pg_catalog.now()", {NULL, NULL}},
    [META_VERSION] = {"1", {"1", NULL}},
    [META_ACTIVE] = {"true", {"true", NULL}},
    [META_CREATED_AT] = {"pg_catalog.now()", {"now()", "CURRENT_TIMESTAMP"}},
    [META_UPDATED_AT] = {"pg_catalog.now()", {"now()", "CURRENT_TIMESTAMP"}},
};

const char *plan_metadata_value(const Table *table, MetadataRole role)
{
    if (!table->metadata[role])
        return NULL;
    const char *own = table->catalog->columns[catalog_column(table->catalog, table->metadata[role])].default_text;
    for (int i = 0; own && i < 2; i++)
        if (inserted[role].defaults[i] && strcmp(own, inserted[role].defaults[i]) == 0)
            return NULL;
    return inserted[role].value;
}

void plan_metadata_names(Buf *out, const Table *table)
{
    for (MetadataRole role = 0; role < META_COUNT; role++)
        if (plan_metadata_value(table, role)) {
            buf_str(out, ", ");
            sql_ident(out, table->metadata[role]);
        }
}

void plan_metadata_values(Buf *out, const Table *table)
{
    for (MetadataRole role = 0; role < META_COUNT; role++)
        if (plan_metadata_value(table, role))
            buf_printf(out, ", %s", plan_metadata_value(table, role));
}

/* What each kind of UPDATE makes of each column; NULL: it leaves the column alone. */
static const char *const updated[][META_COUNT] = {
    [METADATA_UPDATE] = {[META_SYNCED_AT] = "pg_catalog.now()",
                         [META_VERSION] = "coalesce({version}, 0) OPERATOR(pg_catalog.+) 1",
                         [META_UPDATED_AT] = "pg_catalog.now()"},
    [METADATA_DEACTIVATE] = {[META_SYNCED_AT] = "pg_catalog.now()",
                             [META_VERSION] = "coalesce({version}, 0) OPERATOR(pg_catalog.+) 1",
                             [META_ACTIVE] = "false",
                             [META_UPDATED_AT] = "pg_catalog.now()"},
    [METADATA_REACTIVATE] = {[META_ACTIVE] = "CASE WHEN s.reactivates THEN true ELSE {active} END"},
    [METADATA_UNDO] = {[META_SYNCED_AT] =
                           "CASE WHEN s.restore_timestamps THEN s.before_synced_at ELSE pg_catalog.now() END",
                       [META_VERSION] = "CASE WHEN s.restore_timestamps THEN s.before_version ELSE coalesce({version}, "
                                        "0) OPERATOR(pg_catalog.+) 1 END",
                       [META_ACTIVE] = "coalesce(s.active, {active})",
                       [META_UPDATED_AT] =
                           "CASE WHEN s.restore_timestamps THEN s.before_updated_at ELSE pg_catalog.now() END"},
};

void plan_set_metadata(Buf *out, const Table *table, MetadataUpdate kind)
{
    for (int role = 0; role < META_COUNT; role++) {
        if (!table->metadata[role] || !updated[kind][role])
            continue;
        buf_str(out, ", ");
        sql_ident(out, table->metadata[role]);
        buf_str(out, " = ");
        sql_expand(out, table, updated[kind][role]);
    }
}

/* plan_load.c - the statements of a first load. */
#include "plan_load.h"

#include "artsync/pg.h"

void plan_load_rows(Buf *out, const Table *table, const bool *present)
{
    sql_expand(out, table, "COPY {table} ({id}");
    for (int c = 0; c < table->n_columns; c++)
        if (present[c]) {
            buf_str(out, ", ");
            sql_ident(out, table->columns[c].name);
        }
    plan_metadata_names(out, table);
    buf_str(out, ") FROM STDIN");
}

void plan_load_state(Buf *out, const Table *table)
{
    sql_expand(
        out, table,
        "COPY {state} (record_id, raw, cols, layout, first_log, created, deactivated) FROM STDIN (FORMAT binary)");
}

void plan_load_analyze(Buf *out, const Table *table) { sql_expand(out, table, "ANALYZE {table}, {state} (record_id)"); }

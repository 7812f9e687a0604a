/* stage.c - the stage's shape, in one place: its columns, and in the same order the fields of a line. */
#include "stage.h"

#include <stdlib.h>

#include "../sync/engine.h"

static const struct {
    const char *name, *type; /* as sql_expand takes it */
} columns[] = {
    {"seq", "bigint"},
    {"number", "bigint"},
    {"line", "bigint"},
    {"start", "bigint"},
    {"length", "bigint"},
    {"op", "\"char\""},
    {"live", "boolean"},
    {"id", "text"},
    {"rid", "{id_type}"},
    {"at_id", "{id_type}"},
    {"raw", "bigint"},
    {"cols", "bytea"},
    {"before_cols", "bytea"},
    {"layout", "integer"},
    {"had_state", "boolean"},
    {"state_moved", "boolean"},
    {"reactivates", "boolean"},
    {"before_deactivated", "boolean"},
    {"after_deactivated", "boolean"},
    {"before_updated_at", "timestamptz"},
    {"before_synced_at", "timestamptz"},
    {"before_version", "integer"},
    {"changes", "text"},
    {"conflicts", "text"},
    {"n_conflicts", "integer"},
    {"n_overwritten", "integer"},
    {"code", "text"},
    {"column_name", "text"},
    {"value", "text"},
    {"reason", "text"},
    {"restore_timestamps", "boolean"},
    {"active", "boolean"},
    {"claims", "bigint"},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- keys ---- */

static uint64_t bits_of(const CatalogTable *catalog, const char *name)
{
    uint64_t bits = 0;
    for (int k = 0; k < catalog->n_keys; k++)
        for (int i = 0; i < catalog->keys[k].n_columns; i++)
            if (strcmp(catalog->columns[catalog->keys[k].columns[i]].name, name) == 0)
                bits |= key_bit(k);
    return bits;
}

uint64_t key_bits_of(TableRun *turn, int column)
{
    const Table *table = turn->table;
    if (!turn->key_bits) {
        turn->key_bits = mem_alloc(sizeof *turn->key_bits * (size_t)(table->n_columns + 1));
        for (int c = 0; c < table->n_columns; c++)
            turn->key_bits[c] = bits_of(table->catalog, table->columns[c].name);
        turn->key_bits[table->n_columns] = bits_of(table->catalog, table->id_column);
    }
    return turn->key_bits[column < 0 ? table->n_columns : column];
}

static void count_new_keys(TableRun *turn, uint64_t claims)
{
    for (int k = 0; claims && k < STAGE_KEYS; k++)
        turn->claims[k] += (claims & key_bit(k)) != 0;
}

/* ---- lines ---- */

static void text(Buf *out, const char *value)
{
    pg_copy_text(out, value);
    buf_char(out, '\t');
}

static void number(Buf *out, int64_t n) { buf_printf(out, "%lld\t", (long long)n); }

static void number_or_null(Buf *out, const int64_t *n)
{
    if (n)
        number(out, *n);
    else
        text(out, NULL);
}

static void boolean(Buf *out, bool yes) { buf_str(out, yes ? "t\t" : "f\t"); }

static void slots(Buf *out, const uint64_t *values, int n)
{
    if (values) {
        buf_char(out, '\\'); /* COPY's own escape of the backslash in \x.. */
        state_encode(out, values, n);
        buf_char(out, '\t');
    } else {
        text(out, NULL);
    }
}

void stage_put_row(TableRun *turn, Buf *out, const StagingRow *line)
{
    int n = turn->table->n_columns;
    bool live = line->op != 'r';
    turn->seq++;
    turn->live += live;
    number(out, turn->seq);
    number(out, line->position.number);
    number(out, line->position.line);
    number(out, line->position.offset);
    number(out, line->position.length);
    buf_printf(out, "%c\t", line->op);
    boolean(out, live);
    text(out, line->id);
    text(out, line->rid);
    text(out, line->at_id);
    number_or_null(out, (const int64_t *)line->raw);
    slots(out, line->cols, n);
    slots(out, line->before_cols, n);
    number_or_null(out, line->layout ? &(int64_t){line->layout} : NULL);
    boolean(out, line->had_state);
    boolean(out, line->state_moved);
    boolean(out, line->reactivates);
    boolean(out, line->before_deactivated);
    boolean(out, line->after_deactivated);
    text(out, line->before_updated_at);
    text(out, line->before_synced_at);
    text(out, line->before_version);
    text(out, line->changes);
    text(out, line->conflicts);
    number(out, line->n_conflicts);
    number(out, line->n_overwritten);
    text(out, line->reject.code);
    text(out, line->reject.column);
    text(out, line->reject.value);
    text(out, line->reject.reason);
    boolean(out, line->restore_timestamps);
    text(out, line->active);
    buf_printf(out, "%lld", (long long)line->claims);
    count_new_keys(turn, line->claims);
    for (int c = 0; c < n; c++) {
        buf_char(out, '\t');
        pg_copy_text(out, line->values ? line->values[c] : NULL);
    }
    buf_char(out, '\n');
}

void stage_reject(TableRun *turn, Buf *out, const SourcePosition *position, const char *id, uint64_t raw, Reject reject,
                  const char *conflicts, int n_conflicts)
{
    stage_put_row(turn, out, &(StagingRow){.position = *position,
                                           .op = 'r', /* without rid and at_id: the column may not hold such an id */
                                           .id = id,
                                           .raw = &raw,
                                           .conflicts = conflicts,
                                           .n_conflicts = n_conflicts,
                                           .reject = reject});
}

/* ---- the table ---- */

/* An enum is staged as text: a label that it lacks must be one record's problem, not the COPY's. */
static const char *type_of(const CatalogColumn *column)
{
    return column->type.kind == PG_ENUM ? "text" : column->type.base;
}

bool stage_open(TableRun *turn, Err *err)
{
    if (turn->staged)
        return true;
    const Table *table = turn->table;
    Buf sql = {0};
    buf_str(&sql, "CREATE TEMPORARY TABLE artsync_stage (");
    for (int i = 0; i < COLUMNS; i++) {
        buf_printf(&sql, "%s%s ", i ? ", " : "", columns[i].name);
        sql_expand(&sql, table, columns[i].type);
    }
    for (int c = 0; c < table->n_columns; c++)
        buf_printf(&sql, ", c%d %s", c, type_of(table->columns[c].catalog));
    buf_str(&sql, ") ON COMMIT DROP");
    turn->staged = pg_run(turn->run->pg, sql.data, 0, NULL, NULL, err);
    buf_free(&sql);
    return turn->staged;
}

bool stage_copy_in(TableRun *turn, Err *err)
{
    return stage_open(turn, err) && pg_copy_in(turn->run->pg, "COPY pg_temp.artsync_stage FROM STDIN", err);
}

bool stage_copy(TableRun *turn, const Buf *lines, int64_t n, Err *err)
{
    return n == 0 || (stage_copy_in(turn, err) && pg_copy_put(turn->run->pg, lines->data, lines->len, err) &&
                      pg_copy_done(turn->run->pg, n, err));
}

bool stage_drop(TableRun *turn, Err *err)
{
    if (!turn->staged)
        return true;
    turn->staged = false;
    return pg_run(turn->run->pg, "DROP TABLE pg_temp.artsync_stage", 0, NULL, NULL, err);
}

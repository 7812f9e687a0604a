/* plan_stage.c - the staging table's shape: one row a column gives its name, its type and how it is written.
 *
 * The statement that makes the table and the line of its COPY are both made from these rows, so they cannot differ.
 */
#include <stddef.h>

#include "artsync/state.h"
#include "internal.h"

/* What a column's function may need besides the member of its row. */
typedef struct Line {
    Buf *out;
    int64_t seq;
    int n_slots; /* of the state */
} Line;

typedef struct StagingColumn {
    const char *name, *type;                           /* as sql_expand takes it */
    void (*put)(const Line *line, const void *member); /* appends the value as COPY text */
    size_t offset;                                     /* of the member in StagingRow */
} StagingColumn;

static void put_text(const Line *line, const void *member) { pg_copy_text(line->out, *(const char *const *)member); }

static void put_number64(const Line *line, const void *member)
{
    buf_printf(line->out, "%lld", (long long)*(const int64_t *)member);
}

static void put_number(const Line *line, const void *member) { buf_printf(line->out, "%d", *(const int *)member); }

static void put_boolean(const Line *line, const void *member)
{
    buf_char(line->out, *(const bool *)member ? 't' : 'f');
}

static void put_optional64(const Line *line, const void *member)
{
    const uint64_t *n = *(const uint64_t *const *)member;
    if (n)
        buf_printf(line->out, "%lld", (long long)*n);
    else
        pg_copy_text(line->out, NULL);
}

static void put_slots(const Line *line, const void *member)
{
    const Slot *slots = *(const Slot *const *)member;
    if (!slots) {
        pg_copy_text(line->out, NULL);
        return;
    }
    buf_char(line->out, '\\'); /* COPY's own escape of the backslash in \x.. */
    state_encode(line->out, slots, line->n_slots);
}

/* 0 is none. */
static void put_layout(const Line *line, const void *member)
{
    if (*(const int *)member)
        put_number(line, member);
    else
        pg_copy_text(line->out, NULL);
}

static void put_op(const Line *line, const void *member) { buf_char(line->out, *(const char *)member); }

static void put_live(const Line *line, const void *member)
{
    buf_char(line->out, *(const char *)member != 'r' ? 't' : 'f');
}

static void put_seq(const Line *line, const void *member)
{
    (void)member;
    put_number64(line, &line->seq);
}

#define AT(member) offsetof(StagingRow, member)

static const StagingColumn columns[] = {
    {"seq", "bigint", put_seq, AT(op)},
    {"pos", "bigint", put_seq, AT(op)}, /* in which order rows are written: seq, unless keys move (key_moves.c) */
    {"number", "bigint", put_number64, AT(position.number)},
    {"line", "bigint", put_number64, AT(position.line)},
    {"start", "bigint", put_number64, AT(position.locator.start)},
    {"length", "bigint", put_number64, AT(position.locator.length)},
    {"op", "\"char\"", put_op, AT(op)},
    {"live", "boolean", put_live, AT(op)},
    {"id", "text", put_text, AT(id)},
    {"rid", "{id_type}", put_text, AT(rid)},
    {"at_id", "{id_type}", put_text, AT(at_id)},
    {"raw", "bigint", put_optional64, AT(raw)},
    {"cols", "bytea", put_slots, AT(cols)},
    {"before_cols", "bytea", put_slots, AT(before_cols)},
    {"layout", "integer", put_layout, AT(layout)},
    {"had_state", "boolean", put_boolean, AT(had_state)},
    {"state_moved", "boolean", put_boolean, AT(state_moved)},
    {"reactivates", "boolean", put_boolean, AT(reactivates)},
    {"before_deactivated", "boolean", put_boolean, AT(before_deactivated)},
    {"after_deactivated", "boolean", put_boolean, AT(after_deactivated)},
    {"before_updated_at", "timestamptz", put_text, AT(before_updated_at)},
    {"before_synced_at", "timestamptz", put_text, AT(before_synced_at)},
    {"before_version", "integer", put_text, AT(before_version)},
    {"changes", "text", put_text, AT(changes)},
    {"conflicts", "text", put_text, AT(conflicts)},
    {"n_conflicts", "integer", put_number, AT(n_conflicts)},
    {"n_overwritten", "integer", put_number, AT(n_overwritten)},
    {"code", "text", put_text, AT(reject.code)},
    {"column_name", "text", put_text, AT(reject.column)},
    {"value", "text", put_text, AT(reject.value)},
    {"reason", "text", put_text, AT(reject.reason)},
    {"restore_timestamps", "boolean", put_boolean, AT(restore_timestamps)},
    {"active", "boolean", put_text, AT(active)},
    {"new_keys", "bigint", put_number64, AT(new_keys)},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *type_of(const CatalogColumn *column)
{
    const char *other = plan_staged_as(&column->type);
    return other ? other : column->type.base;
}

void plan_stage(Buf *out, const Table *table)
{
    buf_str(out, "CREATE TEMPORARY TABLE artsync_stage (");
    for (int i = 0; i < COLUMNS; i++) {
        buf_printf(out, "%s%s ", i ? ", " : "", columns[i].name);
        sql_expand(out, table, columns[i].type);
    }
    for (int c = 0; c < table->n_columns; c++)
        buf_printf(out, ", c%d %s", c, type_of(table->columns[c].catalog));
    buf_str(out, ") ON COMMIT DROP");
}

void stage_row_text(Buf *out, const Stage *stage, const StagingRow *row)
{
    const Table *table = stage->table;
    const Line line = {out, stage->seq, stage->layouts ? stage->layouts->n_slots : 0};
    for (int i = 0; i < COLUMNS; i++) {
        columns[i].put(&line, (const char *)row + columns[i].offset);
        buf_char(out, '\t');
    }
    for (int c = 0; c < table->n_columns; c++) {
        pg_copy_text(out, row->values ? row->values[c] : NULL);
        buf_char(out, c + 1 < table->n_columns ? '\t' : '\n');
    }
    if (table->n_columns == 0)
        out->data[out->len - 1] = '\n';
}

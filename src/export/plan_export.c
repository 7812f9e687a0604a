/* plan_export.c - which columns a file has, and the statement that gives its cells. */
#include "plan_export.h"

/* Several columns may be fed by one header: it is written once, for the first of them. */
static void add_cell(ExportLayout *layout, const StringList *headers, ExportCellKind kind, const Column *column)
{
    if (headers->n == 0)
        return;
    for (int i = 0; i < layout->n; i++)
        if (strcmp(layout->cells[i].header, headers->items[0]) == 0)
            return;
    layout->cells[layout->n++] = (ExportCell){headers->items[0], kind, column};
}

ExportLayout export_layout(const Table *table, Arena *arena)
{
    ExportLayout layout = {arena_alloc(arena, sizeof(ExportCell) * (size_t)(2 * table->n_columns + 1)), 0};
    for (int c = 0; c < table->n_columns; c++)
        add_cell(&layout, &table->columns[c].headers, table->columns[c].to ? EXPORT_LINK : EXPORT_VALUE,
                 &table->columns[c]);
    add_cell(&layout, &table->id_headers, EXPORT_ID, NULL);
    for (int c = 0; c < table->n_columns; c++)
        add_cell(&layout, &table->columns[c].id_headers, EXPORT_LINK_ID, &table->columns[c]);
    return layout;
}

static void add_field(Buf *sql, const char *alias, int number, const char *name)
{
    if (number >= 0)
        buf_printf(sql, "%s%d.", alias, number);
    else
        buf_printf(sql, "%s.", alias);
    sql_ident(sql, name);
}

static const char *key_of(const Table *table) { return table->catalog->columns[table->catalog->primary_key].name; }

static void select_cell(Buf *sql, const Table *table, const ExportCell *cell)
{
    const Table *to = cell->column ? cell->column->to : NULL;
    switch (cell->kind) {
    case EXPORT_VALUE:
        add_field(sql, "t", -1, cell->column->name);
        break;
    case EXPORT_ID:
        add_field(sql, "t", -1, table->id_column);
        break;
    case EXPORT_LINK_ID:
        add_field(sql, "p", cell->column->index, to->id_column);
        break;
    case EXPORT_LINK:
        if (to->name_column >= 0)
            add_field(sql, "p", cell->column->index, to->columns[to->name_column].name);
        else
            add_field(sql, "p", cell->column->index, to->id_column);
        break;
    }
}

void plan_export(Buf *sql, const Table *table, const ExportLayout *layout, bool include_inactive)
{
    buf_str(sql, "SELECT ");
    for (int i = 0; i < layout->n; i++) {
        buf_str(sql, i ? ", " : "");
        select_cell(sql, table, &layout->cells[i]);
    }
    buf_str(sql, " FROM ");
    sql_name(sql, table->schema, table->name);
    buf_str(sql, " AS t");
    for (int c = 0; c < table->n_columns; c++) {
        const Column *column = &table->columns[c];
        if (!column->to)
            continue;
        buf_str(sql, " LEFT JOIN ");
        sql_name(sql, column->to->schema, column->to->name);
        buf_printf(sql, " AS p%d ON ", c);
        add_field(sql, "p", c, key_of(column->to));
        buf_str(sql, " = ");
        add_field(sql, "t", -1, column->name);
    }
    if (!include_inactive)
        sql_expand(sql, table, " WHERE {active}");
    buf_str(sql, " ORDER BY ");
    if (table->catalog->primary_key >= 0)
        add_field(sql, "t", -1, key_of(table));
    else
        sql_expand(sql, table, "{t.id}");
}

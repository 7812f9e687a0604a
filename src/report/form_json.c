/* form_json.c - the report as one JSON object: docs/REFERENCE.md says which. */
#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/out.h"
#include "form.h"

enum { DEEP = 64 };

typedef struct State {
    JsonOut json;
    char open[DEEP]; /* the brackets that close what is open */
    int n;
    Cells cells;
} State;

static void begin(Report *report)
{
    State *state = mem_alloc(sizeof *state);
    report->state = state;
    json_begin(&state->json, report->out);
}

static void open_bracket(Report *report, const char *key, bool list)
{
    State *state = report->state;
    if (state->n == DEEP)
        abort(); /* a programming error: something is never closed */
    state->open[state->n++] = list ? ']' : '}';
    json_open(&state->json, key, list ? '[' : '{');
}

static void close_bracket(Report *report)
{
    State *state = report->state;
    json_close(&state->json, state->open[--state->n]);
}

static void end(Report *report, const Err *failed)
{
    State *state = report->state;
    while (state->n > 0) /* a section that failed leaves them open */
        close_bracket(report);
    if (failed->code != ERR_NONE)
        json_item(&state->json, "error", json_error(failed));
    json_end(&state->json);
    cells_free(&state->cells);
    free(state);
}

/* Cells that hold cells. */
static void packed(Report *report, const char *key, CellType type, const char *cell)
{
    State *state = report->state;
    Buf copy = {0};
    buf_str(&copy, cell ? cell : "");
    cells_split(copy.data, &state->cells);
    const Cells *cells = &state->cells;
    open_bracket(report, key, type == CELL_LIST);
    for (int i = 0; type == CELL_LIST && i < cells->n; i++)
        json_text(&state->json, NULL, cells->items[i]);
    for (int i = 0; type == CELL_CHANGES && i + 2 < cells->n; i += 3) {
        json_open(&state->json, cells->items[i], '{');
        json_text(&state->json, "from", cells->items[i + 1]);
        json_text(&state->json, "to", cells->items[i + 2]);
        json_close(&state->json, '}');
    }
    close_bracket(report);
    buf_free(&copy);
}

static void field(Report *report, const char *key, const char *label, CellType type, const char *cell)
{
    (void)label;
    JsonOut *json = &((State *)report->state)->json;
    switch (type) {
    case CELL_TEXT:
    case CELL_SYNC_ID:
    case CELL_HASH:
        json_text(json, key, cell);
        break;
    case CELL_COUNT:
    case CELL_DURATION:
    case CELL_AGE:
        if (cell)
            json_raw(json, key, cell);
        else
            json_null(json, key);
        break;
    case CELL_FLAG:
        json_bool(json, key, cell && cell[0] == 't');
        break;
    case CELL_LIST:
    case CELL_CHANGES:
        packed(report, key, type, cell);
        break;
    }
}

static void table_begin(Report *report, const ReportTable *table)
{
    if (table->key)
        open_bracket(report, table->key, true);
}

static void row_begin(Report *report, const ReportTable *table, const char *const *cells)
{
    if (!table->key)
        return;
    open_bracket(report, NULL, false);
    for (int i = 0; i < table->n_columns; i++)
        if (table->columns[i].key)
            field(report, table->columns[i].key, NULL, table->columns[i].type, cells[i]);
}

static void row_end(Report *report, const ReportTable *table)
{
    if (table->key)
        close_bracket(report);
}

static void table_end(Report *report, const ReportTable *table)
{
    if (table->key)
        close_bracket(report);
}

const ReportForm report_form_json = {
    .name = "json",
    .audience = FOR_PROGRAMS,
    .begin = begin,
    .end = end,
    .open = open_bracket,
    .close = close_bracket,
    .field = field,
    .table_begin = table_begin,
    .row_begin = row_begin,
    .row_end = row_end,
    .table_end = table_end,
};

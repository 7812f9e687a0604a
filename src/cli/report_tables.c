/* report_tables.c - one row per table of a sync: its counts, and what is not as always. */
#include "artsync/counters.h"
#include "report_sync.h"

enum { NAME_SHOWN = 60 };

enum { T_NAME, T_FILE, T_SHA256, T_ENCODING, T_DELIMITER, T_SKIPPED, T_COUNTS };
enum { T_TIME = T_COUNTS + COUNTERS, T_NOTE, T_MATCHED, T_ONLY, TABLE_COLUMNS };

static void set_table_columns(ReportColumn columns[TABLE_COLUMNS])
{
    columns[T_NAME] = (ReportColumn){.key = "table", .heading = "table"};
    columns[T_FILE] = (ReportColumn){.key = "file"};
    columns[T_SHA256] = (ReportColumn){.key = "sha256"};
    columns[T_ENCODING] = (ReportColumn){.key = "encoding"};
    columns[T_DELIMITER] = (ReportColumn){.key = "delimiter"};
    columns[T_SKIPPED] = (ReportColumn){.key = "skipped", .type = CELL_FLAG};
    for (int c = 0; c < COUNTERS; c++)
        columns[T_COUNTS + c] = (ReportColumn){
            .key = counters[c].name,
            .heading = counters[c].shown == COUNTER_DATA ? NULL : counters[c].heading,
            .type = CELL_COUNT,
            .style = counters[c].style,
            .flags = AT_RIGHT | (counters[c].shown == COUNTER_NOT_ZERO ? WHERE_FILLED : 0),
        };
    columns[T_TIME] = (ReportColumn){.heading = "time", .type = CELL_DURATION, .flags = AT_RIGHT | WHERE_FILLED};
    columns[T_NOTE] = (ReportColumn){.heading = "", .style = STYLE_DIM, .flags = WHERE_FILLED};
    columns[T_MATCHED] = (ReportColumn){.key = "matched", .type = CELL_COUNT};
    columns[T_ONLY] = (ReportColumn){.key = "only_in_target", .type = CELL_COUNT};
}

/* What is not as always: the file, where patterns have chosen it, and how it is written. */
static const char *table_note(const SyncTable *t, Arena *arena)
{
    static const char *const words[][2] = {{";", "semicolons"}, {"\t", "tabs"}, {"|", "vertical bars"}};
    const char *note = t->skipped ? "file unchanged, not read" : "";
    if (t->table->patterns.n > 0)
        note = arena_printf(arena, "%s%s%s", note, *note ? ", " : "", out_safe(t->source.name, NAME_SHOWN, arena));
    if (t->source.encoding[0] && strcmp(t->source.encoding, "UTF-8") != 0)
        note = arena_printf(arena, "%s%s%s", note, *note ? ", " : "", t->source.encoding);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(t->source.delimiter, words[i][0]) == 0)
            note = arena_printf(arena, "%s%s%s", note, *note ? ", " : "", words[i][1]);
    return note;
}

bool report_tables(Report *report, void *ctx, Err *err)
{
    (void)err;
    const SyncReport *sync = ctx;
    ReportColumn columns[TABLE_COLUMNS];
    set_table_columns(columns);
    if (sync_is_hidden(report, sync))
        return true;
    ReportTable table = {.key = "tables", COLUMNS(columns)};
    table.n_columns = sync->map ? TABLE_COLUMNS : T_MATCHED;
    report_table_begin(report, &table, ctx);
    for (int i = 0; i < sync->result->n_tables; i++) {
        const SyncTable *t = &sync->result->tables[i];
        const char *cells[TABLE_COLUMNS] = {t->table->name,
                                            t->source.name,
                                            filled(t->source.fingerprint),
                                            filled(t->source.encoding),
                                            filled(t->source.delimiter),
                                            report_flag(t->skipped)};
        for (int c = 0; c < COUNTERS; c++)
            cells[T_COUNTS + c] = report_number(report, counter_value(&counters[c], &t->counts));
        cells[T_TIME] = t->ms < 0 ? NULL : report_number(report, t->ms);
        cells[T_NOTE] = table_note(t, report_arena(report));
        cells[T_MATCHED] = report_number(report, t->matched);
        cells[T_ONLY] = report_number(report, t->rows_without_record);
        report_row(report, cells);
    }
    report_table_end(report);
    return true;
}

/* marks.c - how a file's dates and numbers are to be read, where base.json leaves it to the file: one more look at it,
 * and only if it needs one. A column without evidence is read as in the export that had some last. */
#include <string.h>

#include "artsync/embed.h"
#include "artsync/session.h"
#include "intake.h"

static const char *const words[] = {[MARK_AUTO] = NULL, [MARK_POINT] = "point", [MARK_COMMA] = "comma"};

static bool is_found_out(const Column *column) { return field_is_number(column->type) && column->mark == MARK_AUTO; }

/* ---- what earlier exports showed ---- */

static const char *setting(const TableRun *run, int column, Arena *arena)
{
    return arena_printf(arena, "decimal_mark %s.%s", run->table->name, run->table->columns[column].name);
}

bool marks_load(TableRun *run, Err *err)
{
    const Table *table = run->table;
    Arena arena = {0};
    Buf array = {0};
    const char **names = arena_alloc(&arena, sizeof *names * (size_t)(table->n_columns + 1));
    int n = 0, *columns = arena_alloc(&arena, sizeof *columns * (size_t)(table->n_columns + 1));
    run->marks.before = arena_alloc(&run->arena, sizeof *run->marks.before * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        if (is_found_out(&table->columns[c])) {
            columns[n] = c;
            names[n++] = setting(run, c, &arena);
        }
    sql_array(&array, names, n);
    PgRows *rows = NULL;
    bool ok =
        n == 0 || pg_query(run->pg, sql_query("marks"), 2, (const char *[]){table->base->name, array.data}, &rows, err);
    for (int i = 0; ok && i < n; i++) {
        const char *value = pg_get(rows, i, 0);
        for (int mark = MARK_POINT; value && mark <= MARK_COMMA; mark++)
            if (strcmp(value, words[mark]) == 0)
                run->marks.before[columns[i]] = (DecimalMark)mark;
    }
    pg_rows_free(rows);
    buf_free(&array);
    arena_free(&arena);
    return ok;
}

void marks_note(TableRun *run, const Cleaner *cleaner)
{
    Marks *marks = &run->marks;
    marks->shown = arena_alloc(&run->arena, sizeof *marks->shown * (size_t)(run->table->n_columns + 1));
    for (int c = 0; c < run->table->n_columns; c++)
        marks->shown[c] = marks->detector ? detector_shows(marks->detector, c) : cleaner_mark(cleaner, c);
}

bool marks_keep(const TableRun *run, Err *err)
{
    const Table *table = run->table;
    Arena arena = {0};
    bool ok = true;
    for (int c = 0; ok && c < table->n_columns; c++) {
        if (!is_found_out(&table->columns[c]))
            continue;
        DecimalMark before = run->marks.before[c];
        DecimalMark now = run->marks.shown[c];
        /* a part of the file shows a part */
        if (now == MARK_AUTO || now == before || (before != MARK_AUTO && !run->marks.detector))
            continue;
        const char *params[] = {table->base->name, setting(run, c, &arena), words[now], runlog_who(&arena)};
        ok = pg_run(run->pg, sql_query("mark_set"), 4, params, NULL, err);
    }
    arena_free(&arena);
    return ok;
}

/* ---- what this file shows ---- */

static bool run_detector(TableRun *run, Err *err)
{
    if (run->marks.detector)
        return true;
    run->marks.detector = detector_new(run->table, run->source->label);
    return source_read(run->source, detector_put, run->marks.detector, err);
}

static void warn(const TableRun *run, const char *column, const char *text)
{
    if (text && run->report)
        cleaning_report_warn(run->report, run->table, column, 0, NULL, text);
}

bool marks_date_order(TableRun *run, DateOrder *order, Err *err)
{
    *order = run->table->base->date_order;
    if (*order != DATE_AUTO)
        return true;
    if (!run_detector(run, err) || !detector_date_order(run->marks.detector, order, err))
        return false;
    warn(run, NULL, detector_date_warning(run->marks.detector));
    return true;
}

bool marks_of_numbers(void *ctx, NumberMark *marks, Err *err)
{
    TableRun *run = ctx;
    const Table *table = run->table;
    if (!run_detector(run, err))
        return false;
    for (int c = 0; c < table->n_columns; c++) {
        if (!is_found_out(&table->columns[c]))
            continue;
        marks[c] = detector_mark(run->marks.detector, c, run->marks.before[c]);
        if (run->marks.before[c] == MARK_AUTO)
            warn(run, table->columns[c].name, detector_mark_warning(run->marks.detector, c));
    }
    return true;
}

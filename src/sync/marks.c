/* marks.c - how a file's dates and numbers are to be read, where base.json leaves it to the file: one more look at it, and
 * only if it needs one. A column without evidence is read as in the export that had some last. */
#include <stdlib.h>

#include "artsync/embed.h"
#include "engine.h"

static const char *const words[] = {[MARK_AUTO] = NULL, [MARK_POINT] = "point", [MARK_COMMA] = "comma"};

static bool is_found_out(const Column *column) { return field_is_number(column->type) && column->mark == MARK_AUTO; }

/* ---- what earlier exports showed ---- */

static const char *setting(const TableRun *turn, int column, Arena *arena)
{
    return arena_printf(arena, "decimal_mark %s.%s", turn->table->name, turn->table->columns[column].name);
}

bool marks_load(TableRun *turn, Err *err)
{
    const Table *table = turn->table;
    Arena arena = {0};
    Buf array = {0};
    const char **names = arena_alloc(&arena, sizeof *names * (size_t)(table->n_columns + 1));
    int n = 0, *columns = arena_alloc(&arena, sizeof *columns * (size_t)(table->n_columns + 1));
    turn->marks_before = mem_alloc(sizeof *turn->marks_before * (size_t)(table->n_columns + 1));
    for (int c = 0; c < table->n_columns; c++)
        if (is_found_out(&table->columns[c])) {
            columns[n] = c;
            names[n++] = setting(turn, c, &arena);
        }
    sql_array(&array, names, n);
    PgRows *rows = NULL;
    bool ok = n == 0 || pg_query(turn->run->pg, sql_query("marks"), 2, (const char *[]){table->base->name, array.data}, &rows, err);
    for (int i = 0; ok && i < n; i++) {
        const char *value = pg_get(rows, i, 0);
        for (int mark = MARK_POINT; value && mark <= MARK_COMMA; mark++)
            if (strcmp(value, words[mark]) == 0)
                turn->marks_before[columns[i]] = (DecimalMark)mark;
    }
    pg_rows_free(rows);
    buf_free(&array);
    arena_free(&arena);
    return ok;
}

bool marks_keep(const TableRun *turn, Err *err)
{
    const Table *table = turn->table;
    Arena arena = {0};
    bool ok = true;
    for (int c = 0; ok && !turn->replay && c < table->n_columns; c++) {
        if (!is_found_out(&table->columns[c]))
            continue;
        DecimalMark before = turn->marks_before[c];
        DecimalMark now = turn->detector ? detector_shows(turn->detector, c) : cleaner_mark(turn->cleaner, c);
        if (now == MARK_AUTO || now == before || (before != MARK_AUTO && !turn->detector)) /* a part of the file shows a part */
            continue;
        const char *params[] = {table->base->name, setting(turn, c, &arena), words[now], runlog_who(&arena)};
        ok = pg_run(turn->run->pg, sql_query("mark_set"), 4, params, NULL, err);
    }
    arena_free(&arena);
    return ok;
}

/* ---- what this file shows ---- */

static bool take_survey(TableRun *turn, Err *err)
{
    CsvFile file;
    if (turn->detector)
        return true;
    turn->detector = detector_new(turn->table, turn->path);
    if (!csv_read(turn->path, detector_put, turn->detector, &file, err))
        return false;
    if (strcmp(file.sha256, turn->counts->sha256) != 0)
        return err_set(err, ERR_CSV, "let the export finish, then sync again", "%s: the file changed while it was read",
                       turn->path);
    return true;
}

static void warn(const TableRun *turn, const char *column, const char *doubt)
{
    if (doubt && turn->report)
        cleaning_report_warn(turn->report, turn->table, column, 0, NULL, doubt);
}

bool marks_date_order(TableRun *turn, DateOrder *order, Err *err)
{
    *order = turn->table->base->date_order;
    if (*order != DATE_AUTO)
        return true;
    if (!take_survey(turn, err) || !detector_date_order(turn->detector, order, err))
        return false;
    warn(turn, NULL, detector_date_doubt(turn->detector));
    return true;
}

bool marks_of_numbers(void *ctx, NumberMark *marks, Err *err)
{
    TableRun *turn = ctx;
    const Table *table = turn->table;
    if (!take_survey(turn, err))
        return false;
    for (int c = 0; c < table->n_columns; c++) {
        if (!is_found_out(&table->columns[c]))
            continue;
        marks[c] = detector_mark(turn->detector, c, turn->marks_before[c]);
        if (turn->marks_before[c] == MARK_AUTO)
            warn(turn, table->columns[c].name, detector_mark_doubt(turn->detector, c));
    }
    return true;
}

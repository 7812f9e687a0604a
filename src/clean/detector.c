/* Day first or month first? Point or comma? What a file's own cells say. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/utf8.h"
#include "field.h"
#include "edits.h"
#include "internal.h"

void evidence_add(Evidence *evidence, int kind, int64_t line, Str cell)
{
    if (evidence->count[kind]++)
        return;
    Arena arena = {0};
    size_t n = sizeof evidence->cell[kind];
    evidence->line[kind] = line;
    snprintf(evidence->cell[kind], n, "%s", utf8_printable(cell, n / 2, &arena)); /* dates and numbers are short */
    arena_free(&arena);
}

/* ---- dates ---- */

/* One or two digits at *p, then a separator; 0: something else. */
static int small_number(const char **p)
{
    int n = 0, digits = 0;
    for (; digits < 3 && isdigit((unsigned char)**p); digits++)
        n = n * 10 + (*(*p)++ - '0');
    if (digits < 1 || digits > 2 || (**p != '/' && **p != '.' && **p != '-'))
        return 0;
    (*p)++;
    return n;
}

DateOrder date_order_hint(Str cell)
{
    const char *p = cell.p; /* a NUL follows every cell */
    int first = small_number(&p), second = first ? small_number(&p) : 0;
    if (!second || !isdigit((unsigned char)*p) || first > 31 || second > 31 || (first > 12) == (second > 12))
        return DATE_AUTO;
    return first > 12 ? DATE_DMY : DATE_MDY;
}

/* ---- numbers ---- */

/* Most cells need only a look at their bytes: a single mark behind a digit and before three digits and no more. */
static bool may_be_ambiguous(Str cell)
{
    size_t at = 0, n = cell.n;
    while (at < n && cell.p[at] != '.' && cell.p[at] != ',')
        at++;
    if (at == 0 || at + 4 > n || !isdigit((unsigned char)cell.p[at - 1]))
        return false;
    for (size_t i = at + 1; i < at + 4; i++)
        if (!isdigit((unsigned char)cell.p[i]))
            return false;
    return at + 4 == n || (!isdigit((unsigned char)cell.p[at + 4]) && cell.p[at + 4] != '.' && cell.p[at + 4] != ',');
}

bool cell_is_ambiguous(const Column *column, Str cell)
{
    return cell.n > 4 && may_be_ambiguous(cell) &&
           number_shape(utf8_trim(cell), column->type == FIELD_PERCENT) == SHAPE_AMBIGUOUS;
}

static void detector_number(Evidence *evidence, const Column *column, Str cell, int64_t line)
{
    static const int kinds[] = {
        [SHAPE_POINT] = NUMBER_POINT, [SHAPE_COMMA] = NUMBER_COMMA, [SHAPE_AMBIGUOUS] = NUMBER_EITHER};
    if (!memchr(cell.p, '.', cell.n) && !memchr(cell.p, ',', cell.n))
        return;
    NumberShape shape = number_shape(utf8_trim(cell), column->type == FIELD_PERCENT);
    if (shape != SHAPE_NONE)
        evidence_add(evidence, kinds[shape], line, cell);
}

/* ---- one file ---- */

struct Detector {
    const Table *table;
    char *path;
    Binding binding;
    bool bound;
    Evidence dates;
    Evidence *numbers; /* per column */
    Arena arena; /* of a record */
    Arena words;
};

Detector *detector_new(const Table *table, const char *path)
{
    Detector *detector = mem_alloc(sizeof *detector);
    detector->table = table;
    detector->path = mem_dup(path);
    detector->numbers = mem_alloc(sizeof *detector->numbers * ((size_t)table->n_columns + 1));
    return detector;
}

void detector_free(Detector *detector)
{
    if (!detector)
        return;
    binding_free(&detector->binding);
    arena_free(&detector->arena);
    arena_free(&detector->words);
    free(detector->numbers);
    free(detector->path);
    free(detector);
}

static void detector_date(Detector *detector, const Column *column, Str cell, int64_t line)
{
    CleanContext context = {.base = detector->table->base, .date_order = DATE_MDY, .arena = &detector->arena};
    Cleaned cleaned;
    field_clean(column, cell, &context, &cleaned);
    if (cleaned.only_mdy)
        evidence_add(&detector->dates, DATE_MDY, line, cell);
    if (cleaned.only_dmy)
        evidence_add(&detector->dates, DATE_DMY, line, cell);
    if (!cleaned.text)
        return;
    Cleaned other;
    context.date_order = DATE_DMY;
    field_clean(column, cell, &context, &other);
    if (other.text && strcmp(other.text, cleaned.text) != 0)
        evidence_add(&detector->dates, DATE_AUTO, line, cell);
}

bool detector_put(void *ctx, const RawRecord *record, Err *err)
{
    Detector *detector = ctx;
    const Table *table = detector->table;
    if (!detector->bound) {
        detector->bound = true;
        return binding_make(&detector->binding, table, detector->path, record, NULL, err);
    }
    RawRecord edited;
    if (record->n_cells != detector->binding.n_headers)
        return true;
    record = edited_record(&detector->binding, record, &edited, &detector->arena);
    bool dates = table->base->date_order == DATE_AUTO;
    for (int i = 0; i < table->n_columns; i++) {
        const Column *column = &table->columns[i];
        int cell = detector->binding.cells[i];
        if (cell < 0 || record->cells[cell].n == 0)
            continue;
        if (dates && (column->type == FIELD_DATE || column->type == FIELD_DATETIME))
            detector_date(detector, column, record->cells[cell], record->position.line);
        else if (field_is_number(column->type) && column->mark == MARK_AUTO)
            detector_number(&detector->numbers[i], column, record->cells[cell], record->position.line);
    }
    arena_reset(&detector->arena);
    return true;
}

/* ---- verdicts ---- */

bool detector_date_order(const Detector *detector, DateOrder *order, Err *err)
{
    const Evidence *e = &detector->dates;
    if (e->count[DATE_MDY] && e->count[DATE_DMY])
        return err_set(err, ERR_CSV, "give the dates one order in Airtable, or set \"date_order\": \"mdy\" or \"dmy\"",
                       "%s: dates of both orders: line %lld has \"%s\" (day first), line %lld \"%s\" (month first)",
                       detector->path, (long long)e->line[DATE_DMY], e->cell[DATE_DMY], (long long)e->line[DATE_MDY],
                       e->cell[DATE_MDY]);
    *order = e->count[DATE_DMY] ? DATE_DMY : DATE_MDY;
    return true;
}

const char *detector_date_warning(Detector *detector)
{
    const Evidence *e = &detector->dates;
    if (e->count[DATE_MDY] || e->count[DATE_DMY] || !e->count[DATE_AUTO])
        return NULL;
    return arena_printf(&detector->words,
                        "no date in the file shows whether the day or the month comes first; \"%s\" in line %lld, for "
                        "example, was read month first: set "
                        "\"date_order\": \"mdy\" or \"dmy\" in base.json",
                        e->cell[DATE_AUTO], (long long)e->line[DATE_AUTO]);
}

DecimalMark detector_shows(const Detector *detector, int column)
{
    const Evidence *e = &detector->numbers[column];
    if (!e->count[NUMBER_POINT] == !e->count[NUMBER_COMMA])
        return MARK_AUTO;
    return e->count[NUMBER_COMMA] ? MARK_COMMA : MARK_POINT;
}

NumberMark detector_mark(Detector *detector, int column, DecimalMark before)
{
    const Evidence *e = &detector->numbers[column];
    if (e->count[NUMBER_POINT] && e->count[NUMBER_COMMA]) {
        const char *mixed = arena_printf(&detector->words,
                                         "may be a decimal or thousands, and the column has both decimal marks: line "
                                         "%lld has \"%s\", line %lld \"%s\"",
                                         (long long)e->line[NUMBER_POINT], e->cell[NUMBER_POINT],
                                         (long long)e->line[NUMBER_COMMA], e->cell[NUMBER_COMMA]);
        return (NumberMark){MARK_AUTO, MARK_AUTO, mixed};
    }
    DecimalMark shown = detector_shows(detector, column);
    return (NumberMark){MARK_AUTO, shown == MARK_AUTO ? before : shown, NULL};
}

const char *detector_mark_warning(Detector *detector, int column)
{
    const Evidence *e = &detector->numbers[column];
    if (e->count[NUMBER_POINT] || e->count[NUMBER_COMMA] || !e->count[NUMBER_EITHER])
        return NULL;
    return arena_printf(
        &detector->words,
        "no number of the column shows its decimal mark; \"%s\" in line %lld, for example, was read with a decimal "
        "point: set \"decimal_mark\": \"point\" or \"comma\" in base.json",
        e->cell[NUMBER_EITHER], (long long)e->line[NUMBER_EITHER]);
}

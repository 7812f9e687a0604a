/* Day first or month first? What a file's own dates say. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/utf8.h"
#include "internal.h"

void date_evidence_add(DateEvidence *evidence, DateOrder order, int64_t line, Str cell)
{
    if (evidence->count[order]++)
        return;
    Arena arena = {0};
    size_t n = sizeof evidence->cell[order];
    evidence->line[order] = line;
    snprintf(evidence->cell[order], n, "%s", utf8_printable(cell, n / 2, &arena)); /* dates are short */
    arena_free(&arena);
}

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
    const char *p = cell.p; /* a NUL stands behind every cell */
    int first = small_number(&p), second = first ? small_number(&p) : 0;
    if (!second || !isdigit((unsigned char)*p) || first > 31 || second > 31 || (first > 12) == (second > 12))
        return DATE_AUTO;
    return first > 12 ? DATE_DMY : DATE_MDY;
}

/* ---- date_order auto ---- */

struct DateOrderDetector {
    const Table *table;
    char *path;
    Binding binding;
    bool bound;
    DateEvidence evidence;
    DateEvidence either; /* under DATE_MDY: dates that mean another day in the other order */
    Arena arena;
    Buf warning;
};

DateOrderDetector *date_order_detector_new(const Table *table, const char *path)
{
    DateOrderDetector *detector = mem_alloc(sizeof *detector);
    detector->table = table;
    detector->path = mem_dup(path);
    return detector;
}

void date_order_detector_free(DateOrderDetector *detector)
{
    if (!detector)
        return;
    binding_free(&detector->binding);
    arena_free(&detector->arena);
    buf_free(&detector->warning);
    free(detector->path);
    free(detector);
}

static void survey_cell(DateOrderDetector *detector, const Column *column, Str cell, int64_t line)
{
    CleanContext context = {.base = detector->table->base, .date_order = DATE_MDY, .arena = &detector->arena};
    Cleaned cleaned;
    field_clean(column, cell, &context, &cleaned);
    if (cleaned.only_mdy)
        date_evidence_add(&detector->evidence, DATE_MDY, line, cell);
    if (cleaned.only_dmy)
        date_evidence_add(&detector->evidence, DATE_DMY, line, cell);
    if (!cleaned.text)
        return;
    Cleaned other;
    context.date_order = DATE_DMY;
    field_clean(column, cell, &context, &other);
    if (other.text && strcmp(other.text, cleaned.text) != 0)
        date_evidence_add(&detector->either, DATE_MDY, line, cell);
}

bool date_order_detector_put(void *ctx, const RawRecord *record, Err *err)
{
    DateOrderDetector *detector = ctx;
    const Table *table = detector->table;
    if (!detector->bound) {
        detector->bound = true;
        return binding_make(&detector->binding, table, detector->path, record, NULL, err);
    }
    if (record->n_cells != detector->binding.n_headers)
        return true;
    for (int i = 0; i < table->n_columns; i++) {
        const Column *column = &table->columns[i];
        int cell = detector->binding.cells[i];
        if ((column->type == FIELD_DATE || column->type == FIELD_DATETIME) && cell >= 0 && record->cells[cell].n)
            survey_cell(detector, column, record->cells[cell], record->position.line);
    }
    arena_reset(&detector->arena);
    return true;
}

bool date_order_detector_verdict(DateOrderDetector *detector, DateOrder *order, Err *err)
{
    const DateEvidence *e = &detector->evidence;
    if (e->count[DATE_MDY] && e->count[DATE_DMY])
        return err_set(err, ERR_CSV, "give the dates one order in Airtable, or say \"date_order\": \"mdy\" or \"dmy\"",
                       "%s: dates of both orders: line %lld has \"%s\" (day first), line %lld \"%s\" (month first)",
                       detector->path, (long long)e->line[DATE_DMY], e->cell[DATE_DMY], (long long)e->line[DATE_MDY],
                       e->cell[DATE_MDY]);
    *order = e->count[DATE_DMY] ? DATE_DMY : DATE_MDY;
    return true;
}

const char *date_order_detector_warning(DateOrderDetector *detector)
{
    const DateEvidence *e = &detector->evidence, *either = &detector->either;
    if (e->count[DATE_MDY] || e->count[DATE_DMY] || !either->count[DATE_MDY])
        return NULL;
    buf_clear(&detector->warning);
    buf_printf(&detector->warning,
               "no date of the file tells month from day; \"%s\" in line %lld, for one, was read month first: say "
               "\"date_order\": \"mdy\" or \"dmy\" in base.json",
               either->cell[DATE_MDY], (long long)either->line[DATE_MDY]);
    return detector->warning.data;
}

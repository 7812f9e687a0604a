/* What Excel has done to cells of a file that was opened and saved in it: recognised by their look, never corrected. */
#include <stdlib.h>

#include "artsync/ascii.h"
#include "artsync/utf8.h"
#include "internal.h"

enum { TOLD = 3, HASHES = 3, SERIAL_DIGITS = 5, CELL_MAX = 60 };

/* ---- what a cell looks like ---- */

/* 45567, 45567.5: the days since 1900, from 1927 to 2173 as far as five digits go. */
static bool is_serial(Str text)
{
    size_t n = ascii_digits(text, 0);
    if (n != SERIAL_DIGITS || text.p[0] == '0')
        return false;
    if (n < text.n && (text.p[n] == '.' || text.p[n] == ','))
        n += 1 + ascii_digits(text, n + 1);
    return n == text.n;
}

/* 4.00638E+12, 1E+05, with a comma in many countries. */
static bool is_rounded(Str text)
{
    size_t at = text.n && text.p[0] == '-';
    if (ascii_digits(text, at) != 1 || text.p[at] == '0')
        return false;
    at++;
    if (at < text.n && (text.p[at] == '.' || text.p[at] == ',')) {
        size_t n = ascii_digits(text, at + 1);
        at += 1 + n;
        if (n == 0)
            return false;
    }
    if (text.n - at < 4 || text.p[at] != 'E' || text.p[at + 1] != '+')
        return false;
    return ascii_digits(text, at + 2) == text.n - at - 2;
}

static bool is_hashes(Str text)
{
    size_t n = 0;
    while (n < text.n && text.p[n] == '#')
        n++;
    return n >= HASHES && n == text.n;
}

/* Fewer digits than the char(n) has. */
static bool is_short(const Column *column, Str text)
{
    const PgType *type = column->catalog ? &column->catalog->type : NULL;
    return type && type->name && strncmp(type->name, "character(", 10) == 0 && text.n < (size_t)type->length &&
           ascii_digits(text, 0) == text.n;
}

ExcelDamage excel_damage(const Column *column, Str cell)
{
    FieldType type = column ? column->type : FIELD_TEXT;
    if (cell.n == 0)
        return EXCEL_NONE;
    if (cell.p[0] == '#')
        return is_hashes(cell) ? EXCEL_HASHES : EXCEL_NONE;
    if (type == FIELD_DATE || type == FIELD_DATETIME)
        return is_serial(cell) ? EXCEL_SERIAL : EXCEL_NONE;
    if (type != FIELD_TEXT && type != FIELD_INTEGER)
        return EXCEL_NONE;
    if (is_rounded(cell))
        return EXCEL_ROUNDED;
    return type == FIELD_TEXT && column && is_short(column, cell) ? EXCEL_ZEROS : EXCEL_NONE;
}

bool excel_took_zeros(const char *before, const char *now)
{
    size_t n = strspn(before, "0");
    return n > 0 && strcmp(before + n, now) == 0 && *now && ascii_digits(str_of(now), 0) == strlen(now);
}

/* ---- what is told ---- */

static ExcelColumn *column_of(ExcelNotices *notices, const Table *table, const char *column)
{
    for (int i = 0; i < notices->n; i++)
        if (notices->columns[i].table == table && strcmp(notices->columns[i].column, column) == 0)
            return &notices->columns[i];
    ARRAY_RESERVE(notices->columns, notices->n, notices->cap);
    ExcelColumn *added = &notices->columns[notices->n++];
    *added = (ExcelColumn){.table = table, .column = arena_str(&notices->arena, column)};
    return added;
}

void cleaning_report_header(CleaningReport *report, const Table *table, const char *column, Str header)
{
    ExcelNotices *notices = excel_notices(report);
    column_of(notices, table, column)->header = utf8_printable(header, CELL_MAX, &notices->arena);
}

static const char *text_of(ExcelDamage damage, const char *cell, const char *before, Arena *arena)
{
    switch (damage) {
    case EXCEL_SERIAL:
        return arena_printf(arena, "%s looks like the number under which Excel keeps a date", cell);
    case EXCEL_ROUNDED:
        return arena_printf(arena, "%s looks like a long number that Excel has rounded", cell);
    case EXCEL_HASHES:
        return arena_printf(arena, "%s is what Excel shows where a column is too narrow for its value", cell);
    default:
        return before
                   ? arena_printf(arena, "%s was %s before: Excel takes leading zeros away", cell, before)
                   : arena_printf(arena, "%s has fewer digits than the column: Excel takes leading zeros away", cell);
    }
}

void cleaning_report_excel(CleaningReport *report, const Table *table, const char *column, int64_t line,
                           ExcelDamage damage, Str cell, const char *before)
{
    ExcelNotices *notices = excel_notices(report);
    Arena *arena = &notices->arena;
    ExcelColumn *damaged = column_of(notices, table, column);
    if (damaged->count[damage]++ >= TOLD)
        return;
    const char *shown = utf8_printable(cell, CELL_MAX, arena);
    const char *was = before ? utf8_printable(str_of(before), CELL_MAX, arena) : NULL;
    ARRAY_RESERVE(notices->told, notices->n_told, notices->cap_told);
    notices->told[notices->n_told++] = (ExcelNotice){
        .table = table->name,
        .column = damaged->column,
        .text = arena_printf(arena, "line %lld, header \"%s\": %s", (long long)line,
                             damaged->header ? damaged->header : damaged->column, text_of(damage, shown, was, arena))};
}

/* Behind those that are told line by line, how many more there are: once. */
static void add_others(ExcelNotices *notices)
{
    static const char *const words[EXCEL_KINDS] = {[EXCEL_SERIAL] = "numbers of dates",
                                                   [EXCEL_ROUNDED] = "rounded numbers",
                                                   [EXCEL_HASHES] = "cells of #",
                                                   [EXCEL_ZEROS] = "cells without leading zeros"};
    for (int i = 0; i < notices->n; i++)
        for (int kind = 0; kind < EXCEL_KINDS; kind++) {
            ExcelColumn *damaged = &notices->columns[i];
            if (damaged->count[kind] <= TOLD)
                continue;
            ARRAY_RESERVE(notices->told, notices->n_told, notices->cap_told);
            notices->told[notices->n_told++] =
                (ExcelNotice){.table = damaged->table->name,
                              .column = damaged->column,
                              .text = arena_printf(&notices->arena, "header \"%s\": %lld more %s, by Excel",
                                                   damaged->header ? damaged->header : damaged->column,
                                                   (long long)damaged->count[kind] - TOLD, words[kind])};
            damaged->count[kind] = TOLD;
        }
}

size_t cleaning_report_excel_notices(CleaningReport *report, const ExcelNotice **out)
{
    ExcelNotices *notices = excel_notices(report);
    add_others(notices);
    *out = notices->told;
    return notices->n_told;
}

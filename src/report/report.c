/* report.c - the model: what a section says, handed to the form, in the order of its audience. */
#include "form.h"

#include <limits.h>
#include <stdlib.h>

#define CALL(report, member, ...)                                                                                      \
    do {                                                                                                               \
        if ((report)->form->member)                                                                                    \
            (report)->form->member(__VA_ARGS__);                                                                       \
    } while (0)

/* ---- sections ---- */

static bool is_for(const ReportForm *form, const ReportSection *section)
{
    return section->audience & (unsigned)form->audience;
}

static bool write_section(Report *report, const ReportSection *section, void *ctx, Err *err)
{
    bool ok = !is_for(report->form, section) || section->write(report, ctx, err);
    arena_reset(&report->arena);
    return ok;
}

/* The smallest place above `after`; INT_MAX: none. */
static int next_place(const ReportSection *sections, int after)
{
    int next = INT_MAX;
    for (const ReportSection *s = sections; s->write; s++)
        if (s->place > after && s->place < next)
            next = s->place;
    return next;
}

static bool write_for_people(Report *report, const ReportSection *sections, void *ctx, Err *err)
{
    bool ok = true;
    for (int place = next_place(sections, INT_MIN); ok && place != INT_MAX; place = next_place(sections, place))
        for (const ReportSection *s = sections; ok && s->write; s++)
            ok = s->place != place || write_section(report, s, ctx, err);
    return ok;
}

static bool write_in_order(Report *report, const ReportSection *sections, void *ctx, Err *err)
{
    bool ok = true;
    for (const ReportSection *s = sections; ok && s->write; s++)
        ok = write_section(report, s, ctx, err);
    return ok;
}

bool report_write(const ReportForm *form, FILE *out, const ReportSection *sections, void *ctx, const Err *failed,
                  Err *err)
{
    Report report = {.form = form, .out = out};
    CALL(&report, begin, &report);
    bool ok = (form->audience == FOR_PROGRAMS ? write_in_order : write_for_people)(&report, sections, ctx, err);
    CALL(&report, end, &report, failed && failed->code != ERR_NONE ? failed : err);
    arena_free(&report.arena);
    return ok;
}

Audience report_for(const Report *report) { return report->form->audience; }

/* ---- values ---- */

Arena *report_arena(Report *report) { return &report->arena; }

const char *report_number(Report *report, int64_t n) { return arena_printf(&report->arena, "%lld", (long long)n); }

void report_field(Report *report, const char *key, const char *label, CellType type, const char *cell)
{
    CALL(report, field, report, key, label, type, cell);
}

void report_text(Report *report, const char *key, const char *text)
{
    report_field(report, key, NULL, CELL_TEXT, text);
}

void report_count(Report *report, const char *key, int64_t n)
{
    report_field(report, key, NULL, CELL_COUNT, report_number(report, n));
}

void report_bool(Report *report, const char *key, bool yes)
{
    report_field(report, key, NULL, CELL_FLAG, report_flag(yes));
}

void report_object(Report *report, const char *key) { CALL(report, open, report, key, false); }

void report_list(Report *report, const char *key) { CALL(report, open, report, key, true); }

void report_close(Report *report) { CALL(report, close, report); }

/* ---- tables ---- */

void report_table_begin(Report *report, const ReportTable *table, void *ctx)
{
    if (report->depth == TABLES_DEEP)
        abort(); /* a programming error: a table that is never ended */
    report->tables[report->depth].table = table;
    report->tables[report->depth].ctx = ctx;
    report->tables[report->depth++].rows = 0;
    CALL(report, table_begin, report, table);
}

void report_row_begin(Report *report, const char *const *cells)
{
    CALL(report, row_begin, report, report->tables[report->depth - 1].table, cells);
}

void report_row_end(Report *report)
{
    CALL(report, row_end, report, report->tables[report->depth - 1].table);
    if (report->depth == 1)
        arena_reset(&report->arena);
}

void report_row(Report *report, const char *const *cells)
{
    report_row_begin(report, cells);
    report_row_end(report);
}

void report_table_end(Report *report)
{
    CALL(report, table_end, report, report->tables[report->depth - 1].table);
    report->depth--;
}

int64_t report_left(Report *report) { return report->form->left ? report->form->left(report) : INT64_MAX; }

void report_leave_out(Report *report, int64_t n)
{
    if (n > 0)
        CALL(report, leave_out, report, n);
}

static bool write_record(void *ctx, const char *const *cells, int n, Err *err)
{
    (void)n;
    (void)err;
    report_row(ctx, cells);
    return true;
}

bool report_spool(Report *report, const ReportTable *table, void *ctx, Spool *spool, Err *err)
{
    report_table_begin(report, table, ctx);
    if (spool && !spool_each(spool, write_record, report, err))
        return false;
    report_table_end(report);
    return true;
}

/* ---- lines ---- */

void report_part(Report *report, Style style, const char *format, ...)
{
    Buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    CALL(report, lines.text, report, style, buf_view(&text).p);
    buf_free(&text);
}

void report_line(Report *report, const char *format, ...)
{
    Buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    CALL(report, lines.text, report, STYLE_PLAIN, buf_view(&text).p);
    report_line_end(report);
    buf_free(&text);
}

void report_heading(Report *report, const char *format, ...)
{
    Buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    CALL(report, lines.heading, report, buf_view(&text).p);
    buf_free(&text);
}

void report_line_end(Report *report) { CALL(report, lines.end, report); }

void report_gap(Report *report) { CALL(report, lines.gap, report); }

bool report_printed(Report *report, const char *key, void (*print)(FILE *out, void *ctx), void *ctx, Err *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (memory)
        print(memory, ctx);
    bool whole = memory && !ferror(memory);
    if (!memory || fclose(memory) != 0 || !whole) {
        free(text);
        return err_set(err, ERR_IO, NULL, "out of memory");
    }
    if (key)
        report_text(report, key, text);
    CALL(report, lines.verbatim, report, text);
    free(text);
    return true;
}

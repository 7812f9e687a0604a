/* form.h - what a form of report has to do. Add one by a file beside this one and a row in forms.c.
 *
 * Every member may be NULL: then the form leaves that out. The model (report.c) calls them in the order of the
 * description, each `open` followed by its `close`, each `table_begin` by rows and `table_end`; a row may hold all of
 * it again. A form must write what it is given at once: a list may be longer than memory. It must make everything safe
 * that it writes: cells and text come from exports and people. It must not fail: errors of `out` are looked at by who
 * opened it.
 */
#ifndef ARTSYNC_REPORT_FORM_H
#define ARTSYNC_REPORT_FORM_H

#include "artsync/report.h"

enum { TABLES_DEEP = 8 };

struct Report {
    const ReportForm *form;
    FILE *out;
    void *state; /* the form's own: from begin to end */
    Arena arena; /* until the row or the section ends */
    struct {
        const ReportTable *table;
        void *ctx;
        int64_t rows;
    } tables[TABLES_DEEP]; /* those that are open, the innermost last */
    int depth;
};

struct ReportForm {
    const char *name; /* of the option that chooses it, too */
    Audience audience;
    void (*begin)(Report *report);
    void (*end)(Report *report, const Err *failed); /* closes what is open; `failed` may be unset */
    void (*open)(Report *report, const char *key, bool list);
    void (*close)(Report *report);
    void (*field)(Report *report, const char *key, const char *label, CellType type, const char *cell);
    void (*table_begin)(Report *report, const ReportTable *table);
    void (*row_begin)(Report *report, const ReportTable *table, const char *const *cells);
    void (*row_end)(Report *report, const ReportTable *table);
    void (*table_end)(Report *report, const ReportTable *table);
    struct {
        void (*heading)(Report *report, const char *text);
        void (*text)(Report *report, Style style, const char *text); /* a part of a line */
        void (*end)(Report *report);                                 /* of that line */
        void (*gap)(Report *report);
        void (*verbatim)(Report *report, const char *text);
    } lines;
    int64_t (*left)(Report *report); /* how many further rows of the open table the form shows; NULL: all */
    void (*leave_out)(Report *report, int64_t n); /* rows that are not written, because it would not show them */
};

/* ---- what the forms for people share ---- */

/* A cell as people read it: 8,400, 1.4 s, yes; lives in `arena` or is the cell itself. */
const char *cell_words(const ReportColumn *column, const char *cell, Arena *arena);
bool form_is_nested(const Report *report); /* inside a row: what is there only programs find */
bool form_has_headings(const ReportTable *table);

#endif

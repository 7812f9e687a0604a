/* report.h - one description of a result, many forms of it.
 *
 * A command describes what it found once: fields, tables whose columns have types and units, lines of text, headings,
 * advice. A form (ReportForm, one row in src/report/forms.c) writes it: as text for a terminal, as JSON for programs. A
 * command never asks which form it is; it says who something is for.
 *
 * The description is a list of sections in the order of JSON; `place` is a section's place for people. A section is
 * written once, from beginning to end, record by record: no form keeps a list in memory (a terminal's aligned table is
 * small). Cells are texts, as PostgreSQL prints values; NULL is no value. A cell has to live until the call returns.
 *
 * What each form shows:
 *   programs   fields, objects and lists, tables that have a key: every row, every column that has a key
 *   terminal   lines, headings, tables that have headings or a `line`: not more than `shown` rows of a list
 *   page       what the terminal shows, fields that have a label too, and more rows: every row of a list as a row of a
 *              table where its columns have headings; changes of columns as entries; columns that are PLOTTED as charts
 *
 * Errors: only sections fail (what they read); the object is completed all the same. Errors of `out` are latched by
 * stdio.
 */
#ifndef ARTSYNC_REPORT_H
#define ARTSYNC_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/spool.h"
#include "artsync/style.h"

typedef struct Report Report;

typedef enum Audience { FOR_PROGRAMS = 1, FOR_TERMINAL = 2, FOR_PAGE = 4, FOR_PEOPLE = 6, FOR_ALL = 7 } Audience;

/* ---- cells and tables ---- */

typedef enum CellType {
    CELL_TEXT,
    CELL_COUNT,    /* a whole number of things */
    CELL_FLAG,     /* "t" or "f" */
    CELL_DURATION, /* milliseconds */
    CELL_AGE,      /* seconds since */
    CELL_SYNC_ID,  /* people see its beginning */
    CELL_HASH,     /* the same */
    CELL_LIST,     /* texts, as cells.h packs them */
    CELL_CHANGES   /* what columns changed, as cells.h packs them: name, from, to, name, from, to ... */
} CellType;

/* Alignment for people; no column where every cell is empty or 0; on a page a chart of the column over the table's
 * first one, in bars or as a line. */
enum { AT_RIGHT = 1, WHERE_FILLED = 2, PLOTTED = 4, PLOTTED_LINE = 8 };

typedef struct ReportColumn {
    const char *key;     /* for programs; NULL: they do not get it */
    const char *heading; /* for people; NULL: they do not get it */
    CellType type;
    Style style;    /* of a count only where it is not 0 */
    unsigned flags; /* AT_RIGHT, WHERE_FILLED */
    Style (*style_of)(const char *cell); /* where the style depends on the value; else NULL */
    const char *none;                    /* what is shown for NULL; NULL: nothing */
} ReportColumn;

/* A table, or with `line` a list of lines. */
typedef struct ReportTable {
    const char *key;   /* for programs; NULL: not for them */
    const char *title; /* for people, above the first row; NULL: none */
    const ReportColumn *columns;
    int n_columns;
    /* A row as people read it in a list. `ctx` is that of report_table_begin. */
    void (*line)(Report *report, void *ctx, const char *const *cells);
    bool (*skip)(const char *const *cells); /* is the row nothing for people? NULL: they see all */
    int shown;                /* at most so many lines on a terminal; 0: all */
    const char *one, *many;   /* what the others are called: "other", "others" */
    const char *see;          /* where they are: "; --json lists all" */
} ReportTable;

#define COLUMNS(array) .columns = (array), .n_columns = (int)(sizeof(array) / sizeof((array)[0]))

/* ---- sections ---- */

typedef struct ReportSection {
    unsigned audience; /* of Audience */
    int place;         /* among the sections for people, ascending; equal places: in the order of the list */
    bool (*write)(Report *report, void *ctx, Err *err);
} ReportSection;

typedef struct ReportForm ReportForm;

/* The form called `name`, or NULL. */
const ReportForm *report_form(const char *name);
Audience report_audience(const ReportForm *form);

/* Write a report. `sections` ends with an all-zero row. `failed` (may be NULL or unset) is the error that the command
 * ends with: a form for programs has it in its object, and as well what a section failed with. */
bool report_write(const ReportForm *form, FILE *out, const ReportSection *sections, void *ctx, const Err *failed,
                  Err *err);

/* ---- what a section calls ---- */

Audience report_for(const Report *report); /* to leave out work whose result is not shown */

/* A number as a cell; it lives until the row or the section ends. */
const char *report_number(Report *report, int64_t n);
Arena *report_arena(Report *report); /* the same life */
static inline const char *report_flag(bool yes) { return yes ? "t" : "f"; }
static inline const char *filled(const char *text) { return text && *text ? text : NULL; } /* "" is no value */

/* One value; `label` names it on a page, NULL: for programs alone. */
void report_field(Report *report, const char *key, const char *label, CellType type, const char *cell);
void report_text(Report *report, const char *key, const char *text);
void report_count(Report *report, const char *key, int64_t n);
void report_bool(Report *report, const char *key, bool yes);

/* An object or a list inside the report, for programs; key NULL inside a list. */
void report_object(Report *report, const char *key);
void report_list(Report *report, const char *key);
void report_close(Report *report);

void report_table_begin(Report *report, const ReportTable *table, void *ctx);
void report_row(Report *report, const char *const *cells); /* n_columns of them */
/* A row that holds more: fields, lists and tables until report_row_end, which only programs see inside it. */
void report_row_begin(Report *report, const char *const *cells);
void report_row_end(Report *report);
void report_table_end(Report *report);
/* How many further rows of the open table the form shows: a section that has more may stop there, and says how many
 * rows it left out. */
int64_t report_left(Report *report);
void report_leave_out(Report *report, int64_t n);
/* A whole table, whose rows are the records of `spool` (NULL: none). */
bool report_spool(Report *report, const ReportTable *table, void *ctx, Spool *spool, Err *err);

/* Lines for people. Formats are artsync's own; what they are given is made safe by the form, so a line feed is none. */
void report_heading(Report *report, const char *format, ...) ART_PRINTF(2, 3); /* a blank line before it */
void report_line(Report *report, const char *format, ...) ART_PRINTF(2, 3);
void report_part(Report *report, Style style, const char *format, ...) ART_PRINTF(3, 4); /* of a line ... */
void report_line_end(Report *report);                                                     /* ... that ends here */
void report_gap(Report *report);                           /* a blank line, unless there is one or nothing before it */
/* What `print` prints, text of artsync's own with its line feeds: for people as it is, for programs as the field `key`
 * (NULL: not for them). ERR_IO: out of memory. */
bool report_printed(Report *report, const char *key, void (*print)(FILE *out, void *ctx), void *ctx, Err *err);

#endif

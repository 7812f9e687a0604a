/* clean.h - the cleaning layer: raw cells in, values exactly as PostgreSQL prints them out, and a report of what
 * was changed on the way.
 *
 * Three parts, each usable alone:
 *   field_clean    one cell by one type: a pure function, one row of field_types.h, one file of cases each
 *   Cleaner        a RawSink: binds the header, applies the record rules, hands Records to a RecordSink
 *   CleaningReport what was changed and warned about, counted per column and pair
 * Knows neither libcsv nor libpq.
 */
#ifndef ARTSYNC_CLEAN_H
#define ARTSYNC_CLEAN_H

#include "artsync/base.h"
#include "artsync/links.h"
#include "artsync/record.h"

/* ---- one cell ---- */

/* How a column's numbers are read. Zero is `auto` without any evidence. */
typedef struct NumberMark {
    DecimalMark mark;     /* MARK_POINT, MARK_COMMA: no other is read. MARK_AUTO: the mark that each number shows,
                             but for ambiguous ones: 1.500 and 1,500 may be one and a half or fifteen hundred */
    DecimalMark ambiguous; /* under MARK_AUTO: how those are read; MARK_AUTO counts as MARK_POINT */
    const char *mixed;    /* under MARK_AUTO: the reason why those are refused; NULL: they are read */
} NumberMark;

typedef struct CleanContext {
    const Base *base;       /* date_order, null_tokens */
    DateOrder date_order;   /* DATE_MDY or DATE_DMY; `auto` was decided before */
    const LinkIndex *links; /* FIELD_LINK: the rows of column->to; NULL: links cannot be resolved here */
    Arena *arena;           /* results live here, or are the cell's own bytes: they live as long as both */
    NumberMark number;
    const char *min, *max;  /* field_bound of the column's; NULL: none, or to be made for every cell */
} CleanContext;

typedef struct Cleaned {
    const char *text;    /* the value, NULL for NULL; meaningful if code is NULL */
    const char *compare; /* what comparing means if it is not text (attachments: the names, links: the record id) */
    const char *code;    /* reject code (record.h), or NULL: accepted */
    const char *reason;  /* with code: why, in one sentence */
    const char *element; /* with code: the element of the cell that is wrong, or NULL: the whole cell */
    const char *from;    /* a change that is reported, e.g. alias "Ikea" -> "Framed"; else NULL */
    const char *to;      /* the new text, or NULL for NULL; meaningful if `from` is set */
    const char *warning; /* something was dropped or ambiguous (U+FFFD kept, ...); else NULL */
    bool only_mdy, only_dmy; /* FIELD_DATE, FIELD_DATETIME: the cell fits only this order */
    bool point, comma;       /* numbers: the cell shows this decimal mark */
} Cleaned;

/* Clean one cell by its column's type, with null tokens, aliases, min and max, and the type's limits from
 * column->catalog (NULL: the widest type that the field usually goes into). Does not apply required, default, derive
 * and on_invalid: they are the cleaner's. The cell has a NUL behind it. */
void field_clean(const Column *column, Str cell, const CleanContext *context, Cleaned *out);

/* The PostgreSQL type that a field of this type goes into where nothing says otherwise. */
const PgType *field_usual_type(FieldType type);

/* The same for a text of base.json itself, which is no cell of the file: its numbers are read as JSON's. */
CleanContext field_own_context(const CleanContext *context);

/* A bound of the column (its min or max) in the form that its values have; NULL for NULL. */
const char *field_bound(const Column *column, const char *text, const CleanContext *context);

/* A link cell with ids: resolved by `ids`, falling back to `names` only where the id is unknown and that name's row
 * has a derived id. Either may be empty; both empty is NULL. */
void field_clean_link(const Column *column, Str ids, Str names, const CleanContext *context, Cleaned *out);

/* The names in a link cell without ids: what its alias says, taken apart at commas and quotes. They live in the
 * context's arena. Returns how many; 0 also for a cell that is too long to be taken apart. */
size_t field_link_names(const Column *column, Str cell, const CleanContext *context, Str **names);

/* The settings of a column that only cleaning can judge: min, max, default, choices, aliases' targets. */
bool field_check(const Base *base, const Column *column, Problems *problems);

/* The file names of an attachments cell, in a canonical form that does not depend on its URLs (a cell that is no list
 * of attachments represents itself). What field_clean gives as `compare`. */
const char *attachment_names(Str cell, Arena *arena);

/* A record under its header with the cells of masked columns as they are written, all others as they are: what may be
 * kept of it outside the process. Of a record with another number of cells than the header nothing is left. ERR_HEADER
 * as the cleaner's. Cells are made in `arena`, or are the record's. */
bool record_mask(const Table *table, const RawRecord *header, const RawRecord *record, RawRecord *masked, Arena *arena,
                 Err *err);

/* ---- values that are equal ---- */

/* The canonical form of a value of the column, as PostgreSQL prints it or as cleaning gives it: equal values have the
 * same form, whatever the scale, precision or type that they were printed under. A view into `text`, or made in
 * `arena`. Not for links, whose meaning is the record id of their target. */
Str value_canonical(const Column *column, const char *text, Arena *arena);

/* value_hash of that form: what the last-synced state keeps. NULL and '' are NULL. */
uint64_t value_meaning(const Column *column, const char *text, Arena *arena);

/* ---- the report ---- */

typedef struct CleaningReport CleaningReport;

CleaningReport *cleaning_report_new(void);
void cleaning_report_free(CleaningReport *report);

/* from/to pairs are kept for up to 1,000 pairs a column, then summed under from = "(other)". */
void cleaning_report_change(CleaningReport *report, const Table *table, const char *column, const char *from,
                            const char *to);
/* A warning about one cell or a whole file (line 0). Warnings of one column are one kind if they have the same code, or
 * without one (NULL) the same text; the first lines of a kind are kept. */
void cleaning_report_warn(CleaningReport *report, const Table *table, const char *column, int64_t line,
                          const char *code, const char *text);
/* The same for a record that is on no line; `id` may be NULL. */
void cleaning_report_warn_id(CleaningReport *report, const Table *table, const char *column, const char *id,
                             int64_t number, const char *code, const char *text);

typedef struct CleaningChange {
    const char *table, *column, *from, *to;
    int64_t count;
} CleaningChange;

typedef struct CleaningWarning {
    const char *table, *column;
    const char *code; /* what all have in common where their texts differ; else NULL */
    const char *text; /* of the first */
    int64_t count;
    int64_t lines[5]; /* the first ones; 0 where there are fewer */
    const char *ids[5]; /* instead, where records are on no line */
} CleaningWarning;

/* Sorted by table, column, count descending; owned by the report, good until the next call. A change's column is never
 * NULL; a warning's is where the whole file is meant. Texts are cut at 500 bytes; a column has up to 1,000 kinds of
 * warnings, then "(other)". */
size_t cleaning_report_changes(CleaningReport *report, const CleaningChange **out);
size_t cleaning_report_warnings(CleaningReport *report, const CleaningWarning **out);
int64_t cleaning_report_warning_count(const CleaningReport *report, const Table *table); /* cells, not kinds or files */

/* ---- what Excel does to a file ---- */

typedef enum ExcelDamage {
    EXCEL_NONE,
    EXCEL_SERIAL,  /* a date became the number of its day: 45567 */
    EXCEL_ROUNDED, /* a long number lost its digits: 4.00638E+12 */
    EXCEL_HASHES,  /* ######## in place of the value */
    EXCEL_ZEROS,   /* leading zeros are gone */
    EXCEL_KINDS
} ExcelDamage;

/* By the look of a cell of the column (NULL: of the id). That zeros are gone shows in the cell where the column is
 * char(n). */
ExcelDamage excel_damage(const Column *column, Str cell);
/* Is `now` what is left of `before` without its leading zeros? */
bool excel_took_zeros(const char *before, const char *now);

/* The header under which the file has a column: notices name it. */
void cleaning_report_header(CleaningReport *report, const Table *table, const char *column, Str header);
/* One damaged cell: of each column and kind the first few are told, the others counted. `before`: what the row had; or
 * NULL. */
void cleaning_report_excel(CleaningReport *report, const Table *table, const char *column, int64_t line,
                           ExcelDamage damage, Str cell, const char *before);

typedef struct ExcelNotice {
    const char *table, *column;
    const char *text; /* with line and header */
} ExcelNotice;
/* In the order of the files; owned by the report, good until the next call. */
size_t cleaning_report_excel_notices(CleaningReport *report, const ExcelNotice **out);

/* ---- one file ---- */

typedef struct Cleaner Cleaner;

typedef struct CleanerOptions {
    const Table *table;
    const LinkIndex *const *links; /* one per base table, by Table.index; NULL entries: not loaded */
    DateOrder date_order;          /* decided: DATE_MDY or DATE_DMY */
    const char *path;              /* for messages */
    bool of_rows;                  /* records are rows of a database: told by their ids, and none says nothing */
    bool headers_only;             /* bind and warn, but drop the records */
    /* Called before the first number of a column whose mark is MARK_AUTO that does not show its mark, such as 1.500;
     * then no more. Fills in how those of such columns are read, by column. NULL: as MARK_POINT. */
    bool (*marks)(void *ctx, NumberMark *marks, Err *err);
    void *marks_ctx;
} CleanerOptions;

/* `report` may be NULL. The sink is copied. */
Cleaner *cleaner_new(const CleanerOptions *options, CleaningReport *report, const RecordSink *sink);
void cleaner_free(Cleaner *cleaner);

/* A RawSink; ctx is the Cleaner. Errors: ERR_HEADER (a mapped header that is repeated, two headers for one column, a
 * required header missing, with the file's unmapped headers as candidates, nearest first). */
bool cleaner_put(void *cleaner, const RawRecord *record, Err *err);

/* After the last record: ERR_CSV if the file's dates, those of unchanged records included, fit only the other
 * order. */
bool cleaner_finish(Cleaner *cleaner, Err *err);

/* After the header was put. */
bool cleaner_has_column(const Cleaner *cleaner, int column); /* its header (or its derivation's) is in the file */
bool cleaner_has_id(const Cleaner *cleaner);
/* The decimal mark that the cleaned numbers of a column showed; MARK_AUTO: none, or both. */
DecimalMark cleaner_mark(const Cleaner *cleaner, int column);
/* The file names the column's linked records and has no ids of them. */
bool cleaner_links_by_name(const Cleaner *cleaner, int column);
/* Fingerprint of the rules by which this file is read: the mapping, and what was decided for settings that are auto. */
uint64_t cleaner_rules(const Cleaner *cleaner);
StringList cleaner_unmapped(const Cleaner *cleaner);              /* unmapped headers */

/* ---- what a file's cells show of how they are to be read ---- */

/* A RawSink that only counts evidence, for `date_order` auto and `decimal_mark` auto alike: one more look at
 * the file. */
typedef struct Detector Detector;
Detector *detector_new(const Table *table, const char *path);
bool detector_put(void *detector, const RawRecord *record, Err *err);
void detector_free(Detector *detector); /* accepts NULL */

/* The order of the dates, or ERR_CSV showing a line of each. */
bool detector_date_order(const Detector *detector, DateOrder *order, Err *err);
/* A warning for the report: no date shows an order, though some would mean another day under the other one. NULL:
 * nothing. Lives as long as the detector, as all its texts do. */
const char *detector_date_warning(Detector *detector);

/* How the numbers of a column are to be read whose mark is MARK_AUTO. Where none shows its mark, as `before`. */
NumberMark detector_mark(Detector *detector, int column, DecimalMark before);
DecimalMark detector_shows(const Detector *detector, int column); /* MARK_AUTO: neither or both */
const char *detector_mark_warning(Detector *detector, int column);  /* no number shows a mark, though some need it;
                                                                       or NULL */

#endif

/* internal.h - between the files of the cleaner: which header is in which column, and the evidence for a date order. */
#ifndef ARTSYNC_CLEAN_INTERNAL_H
#define ARTSYNC_CLEAN_INTERNAL_H

#include <regex.h>

#include "artsync/charset.h"
#include "artsync/clean.h"

/* The header of one file, seen by a table: cell indexes, -1 where there is none. */
typedef struct Binding {
    const Table *table;
    int n_headers;
    int id;
    int *cells; /* per column: its own cell */
    int *ids;   /* per column: the cell with the record ids of a link */
    int *skips; /* per skip rule */
    StringList unmapped;
    Arena arena;
} Binding;

/* Problems that let the file be read go to `report` (may be NULL) as warnings of line 0. */
bool binding_make(Binding *binding, const Table *table, const char *path, const RawRecord *header,
                  CleaningReport *report, Err *err);
void binding_free(Binding *binding);

bool binding_has_own(const Binding *binding, const Column *column); /* its header or its id header */
bool binding_has(const Binding *binding, const Column *column);     /* or the header it derives from */

/* What cells say about how they are to be read: how many of each kind there are, and where the first of them is. */
enum { EVIDENCE_KINDS = 3 };
typedef struct Evidence {
    int64_t count[EVIDENCE_KINDS];
    int64_t line[EVIDENCE_KINDS];
    char cell[EVIDENCE_KINDS][40]; /* printable, cut */
} Evidence;

/* Kinds. Dates: DATE_MDY and DATE_DMY for those that fit only one order; DATE_AUTO for those that mean another day in
 * the other one. Numbers: by the mark that they show; NUMBER_EITHER for 1.500. */
enum { NUMBER_POINT, NUMBER_COMMA, NUMBER_EITHER };

void evidence_add(Evidence *evidence, int kind, int64_t line, Str cell);

/* Is the cell a number that does not show its decimal mark, such as 1.500? */
bool cell_is_ambiguous(const Column *column, Str cell);

/* A quick look without cleaning: "25/12/2024" -> DATE_DMY, "12/25/2024" -> DATE_MDY, all else DATE_AUTO. */
DateOrder date_order_hint(Str cell);

/* The report's part for what Excel has done (excel.c). */
typedef struct ExcelColumn { /* how often a column had each kind of damage, and the header that its cells are under */
    const Table *table;
    const char *column, *header;
    int64_t count[EXCEL_KINDS];
} ExcelColumn;

typedef struct ExcelNotices {
    ExcelColumn *columns;
    int n, cap;
    ExcelNotice *told;
    size_t n_told, cap_told;
    Arena arena;
} ExcelNotices;

ExcelNotices *excel_notices(CleaningReport *report);

/* ---- the cleaner ---- */

/* A cell that counts for the raw hash. */
typedef struct Hashed {
    int cell;
    bool attachments; /* by their names: URLs are made again for every export */
    const Column *link; /* a link by name alone: which records carry its names counts, too; else NULL */
    const CleanContext *context; /* of the link */
    Str text;         /* of the record under way */
} Hashed;

/* What the raw hash of the file's records is made of (raw_hash.c). */
typedef struct RawHash {
    Hashed *parts;
    int n;
    uint64_t seed;
    Buf bytes; /* of the record under way */
} RawHash;

/* Once the header was bound. */
void raw_hash_prepare(RawHash *hash, const Binding *binding, const CleanContext *contexts);
uint64_t raw_hash_record(RawHash *hash, const RawRecord *record, Arena *arena);
uint64_t raw_hash_ragged(RawHash *hash, const RawRecord *record); /* of a record with too few or too many cells */
void raw_hash_free(RawHash *hash);

/* How each column's cells are read. */
typedef struct ColumnRules {
    CleanContext *contexts;
    Arena arena;     /* of what they hold */
    regex_t *derive; /* of columns that derive */
} ColumnRules;

/* What the database's encoding can hold. */
typedef struct Encoding {
    Charset *charset;  /* NULL: every character goes in */
    bool counts_bytes; /* SQL_ASCII: varchar(n) holds n bytes */
} Encoding;

/* Decimal marks that the file itself shows. */
typedef struct ShownMarks {
    int *columns; /* of numbers whose mark is found out */
    int n;
    bool known;   /* it was asked which they are */
    bool *shown;  /* two per column of the table: did cleaned cells show a point, a comma? */
} ShownMarks;

struct Cleaner {
    CleanerOptions options;
    const Table *table;
    Encoding encoding;      /* of the database */
    CleaningReport *report; /* may be NULL */
    RecordSink sink;
    char *path;
    Binding binding; /* its table is NULL until the header was read */
    ColumnRules columns;
    RawHash hash;
    Evidence dates;
    ShownMarks marks;
    /* The record under way. */
    const RawRecord *raw;
    Arena arena;
    Value *values;
    Record record;
    bool quiet; /* looked at in advance: nothing is reported or counted */
};

/* Which record is it? False: it is rejected. */
bool cleaner_read_id(Cleaner *c);
/* The same of an id of several columns. */
bool cleaner_read_id_parts(Cleaner *c);
bool cleaner_read_natural_key(Cleaner *c);
void cleaner_read_shifted_id(Cleaner *c); /* of a ragged record: as far as it can be told */

/* One column of the record under way into c->values; false: the record is rejected. */
bool cleaner_column(Cleaner *c, const Column *column);

const char *cleaner_shown(Cleaner *c, Str cell); /* printable, cut: for people */

void cleaner_open_encoding(Cleaner *c);

/* Can the database's encoding hold this value, in a column of `length` characters (0: any)? Else *code and *reason. */
bool cleaner_encodes(Cleaner *c, Str value, int length, const char **code, const char **reason);
const char *cleaner_kept(Cleaner *c, Str text);  /* with a NUL behind it, for the record's lifetime */
Str cleaner_content(const Cleaner *c, int cell); /* trimmed; empty for no cell (-1) and for a null token */
bool cleaner_reject(Cleaner *c, const char *code, const char *column, const char *value, const char *reason);
bool names_hold(const StringList *names, Str text);

#endif

/* internal.h - between the files of the cleaner: which header stands where, and what speaks for a date order. */
#ifndef ARTSYNC_CLEAN_INTERNAL_H
#define ARTSYNC_CLEAN_INTERNAL_H

#include <regex.h>

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

/* What the dates of a file say about their order: how many cells fit only one, and where the first of them stands. */
typedef struct DateEvidence {
    int64_t count[2]; /* by DateOrder: DATE_MDY, DATE_DMY */
    int64_t line[2];
    char cell[2][40]; /* printable, cut */
} DateEvidence;

void date_evidence_add(DateEvidence *evidence, DateOrder order, int64_t line, Str cell);

/* A quick look without cleaning: "25/12/2024" -> DATE_DMY, "12/25/2024" -> DATE_MDY, all else DATE_AUTO. */
DateOrder date_order_hint(Str cell);

/* ---- the cleaner ---- */

/* A cell that counts for the raw hash. */
typedef struct Hashed {
    int cell;
    bool attachments; /* by their names: URLs are made anew for every export */
    Str text;         /* of the record under way */
} Hashed;

struct Cleaner {
    CleanerOptions options;
    const Table *table;
    CleaningReport *report; /* may be NULL */
    RecordSink sink;
    char *path;
    Binding binding;
    bool bound;
    CleanContext *contexts; /* per column */
    Arena bounds;           /* that they hold */
    regex_t *derive;        /* per column that derives */
    Hashed *hashed;
    int n_hashed;
    uint64_t seed;
    DateEvidence dates;
    /* The record under way. */
    const RawRecord *raw;
    Arena arena;
    Buf bytes; /* what the raw hash is made of */
    Value *values;
    Record record;
    bool quiet; /* looked at in advance: nothing is reported or counted */
};

/* One column of the record under way into c->values; false: the record is rejected. */
bool cleaner_column(Cleaner *c, const Column *column);

const char *cleaner_shown(Cleaner *c, Str cell); /* printable, cut: for people */
const char *cleaner_kept(Cleaner *c, Str text);  /* with a NUL behind it, for the record's lifetime */
Str cleaner_content(const Cleaner *c, int cell); /* trimmed; empty for no cell (-1) and for a null token */
bool cleaner_reject(Cleaner *c, const char *code, const char *column, const char *value, const char *reason);
bool names_hold(const StringList *names, Str text);

#endif

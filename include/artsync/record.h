/* record.h - what flows through the pipeline: RawRecord out of a source, Record out of clean.
 *
 * A source never sees SQL and a writer never sees CSV: they meet in the two sinks declared here.
 *
 * Lifetime, in one sentence: everything a record points to dies when the sink that received it returns; to keep a
 * string, copy it.
 */
#ifndef ARTSYNC_RECORD_H
#define ARTSYNC_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/mem.h"

/* How a source finds a record again. Only the source knows what it means (of a file: first byte, and bytes without the
 * line end); the engine keeps it beside a refused record until it asks for the original. */
typedef struct SourceLocator {
    int64_t start, length;
} SourceLocator;

/* Which record it is. */
typedef struct SourcePosition {
    int64_t number; /* 1 for the first record below the header; 0 is the header itself */
    int64_t line;   /* physical line it starts on, the header's first line being 1 */
    SourceLocator locator;
} SourcePosition;

/* An empty cell says nothing, or NULL. Sources that tell '' from it give '' as this very cell, of no bytes as well. */
extern const char raw_empty_text[1];
#define RAW_EMPTY ((Str){raw_empty_text, 0})
static inline bool raw_is_empty_text(Str cell) { return cell.p == raw_empty_text; }

typedef struct RawRecord {
    SourcePosition position;
    const Str *cells; /* each with a NUL behind it */
    int n_cells;
} RawRecord;

/* Receives the header (place.number 0) and then every record in file order. */
typedef bool RawSink(void *ctx, const RawRecord *record, Err *err);

/* Why a record is not written. Codes are stable: scripts read them. */
typedef struct Reject {
    const char *code;   /* "invalid_value", "missing_required", ... see reject codes below; NULL: not rejected */
    const char *column; /* column name, or NULL where no single column is the cause */
    const char *value;  /* the original cell (made printable), or NULL */
    const char *reason; /* one sentence for people: what is wrong and what is expected */
} Reject;

/* The reject codes. */
#define REJECT_INVALID "invalid_value"            /* a cell that its type refuses */
#define REJECT_RANGE "out_of_range"               /* below min, above max, too many digits */
#define REJECT_TOO_LONG "too_long"
#define REJECT_ENCODING "invalid_utf8"
#define REJECT_CHARACTER "character_not_in_encoding" /* the database's encoding lacks a character of the value */
#define REJECT_REQUIRED "missing_required"        /* a required cell is empty */
#define REJECT_NO_ID "missing_id"                 /* no id cell, no natural key */
#define REJECT_REPEATED_ID "repeated_id"
#define REJECT_FIELDS "wrong_field_count"
#define REJECT_LINK_MISSING "link_not_found"
#define REJECT_LINK_AMBIGUOUS "link_ambiguous"
#define REJECT_LINK_MULTIPLE "link_multiple"
#define REJECT_KEY_AMBIGUOUS "natural_key_ambiguous"
#define REJECT_UNIQUE "repeated_unique_key"
#define REJECT_CHECK "check_constraint"
#define REJECT_REFUSED "refused_by_database"      /* a constraint or trigger that artsync does not know */
#define REJECT_CONFLICT "conflict"                /* --on-conflict reject */

/* A cleaned cell. */
typedef struct Value {
    const char *text; /* exactly what PostgreSQL prints for it; NULL is SQL NULL */
    uint64_t hash;    /* value_meaning of the text (clean.h); of a link value_hash of the record id, of attachments
                         of the file names */
    uint32_t cell;    /* cell_hash of what the file holds for it */
    bool present;     /* false: the file has no header for this column, or it would be derived and this record
                         gives nothing: nothing is known of it */
} Value;

/* Hash of a value as the last-synced state keeps it: never 0, which the state uses for "not known". '' counts as NULL,
 * as a CSV cell cannot tell them apart. */
uint64_t value_hash(const char *text);
uint64_t value_hash_of(Str text); /* the same of bytes without a NUL behind them */

/* Hash of the cells that a value was read from, before cleaning: it tells whether the export changed, whatever the
 * mapping makes of them. Numbers up to CELL_ELSEWHERE are no cell's. */
enum { CELL_UNKNOWN, CELL_EMPTY, CELL_ELSEWHERE /* of a header that the column does not have any more */ };
uint32_t cell_hash(Str cell, uint64_t seed);

bool same_text(const char *a, const char *b);  /* two NULLs are the same */
bool same_value(const char *a, const char *b); /* '' is NULL, too */

typedef struct Record {
    SourcePosition position;
    const char *id;      /* the record id, or NULL: the file has no id column (then the natural key identifies) */
    const Value *values; /* Table.n_columns of them; NULL in `known`, except the natural key's where id is NULL */
    uint64_t raw;        /* XXH3 of the mapped cells, with the rules by which they are read: cleaner.c */
    Reject reject;       /* reject.code set: not to be written; id is set if it could be read */
    int n_warnings;      /* cells of this record that a rule changed to NULL or cut out */
} Record;

/* Where cleaned records go. */
typedef struct RecordSink {
    void *ctx;
    /* Asked before a record is cleaned, with place, id (or natural key values) and raw. May set *unchanged: then the
     * record is not cleaned and not put; the sink has counted it. NULL: everything is cleaned. */
    bool (*known)(void *ctx, const Record *record, bool *unchanged, Err *err);
    /* A cleaned or rejected record. Of a rejected one `values` holds the columns that were cleaned before, the others
     * not present. */
    bool (*put)(void *ctx, const Record *record, Err *err);
    /* A record that a rule skips: a skip rule, or (`empty`) all its mapped cells say nothing. `id` may be NULL. */
    bool (*skipped)(void *ctx, const SourcePosition *place, const char *id, bool empty, Err *err);
} RecordSink;

#endif

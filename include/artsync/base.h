/* base.h - a base: which file belongs to which table, which header to which column, and by which rule.
 *
 * Read from base.json (docs/REFERENCE.md), never from C code. Loaded in three steps, each adding knowledge:
 *   base_load    the JSON: shape, known keys, types; tables sorted so that linked tables come first
 *   base_bind    the catalog: every mapped column exists and its type can hold the field
 *   (cleaner)    the file: which header is in which column; see clean.h
 *
 * Ownership: a Base owns everything below it in one arena; pointers to Table and Column are good until base_free.
 * A Base is immutable after base_bind.
 */
#ifndef ARTSYNC_BASE_H
#define ARTSYNC_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "artsync/catalog.h"
#include "artsync/err.h"
#include "artsync/field_types.h"
#include "artsync/mem.h"
#include "artsync/transforms.h"
#include "artsync/zone.h"

#define FIELD_NUMBER(NAME, ...) FIELD_##NAME,
typedef enum FieldType { FIELD_TYPES(FIELD_NUMBER) FIELD_COUNT } FieldType;

typedef enum DateOrder { DATE_MDY, DATE_DMY, DATE_AUTO } DateOrder;

/* What separates a number's decimals. MARK_AUTO: the column's own cells show it. */
typedef enum DecimalMark { MARK_AUTO, MARK_POINT, MARK_COMMA } DecimalMark;

typedef struct StringList { /* a list of names, in the order of base.json */
    const char **items;
    int n;
} StringList;

/* "csv": how a file of records is written, as base.json says it. NULL: not said, so commas and UTF-8. */
#define CSV_AUTO "auto"
typedef struct CsvDialect {
    const char *delimiter; /* ",", ";", "\t", "|" or CSV_AUTO */
    const char *encoding;  /* a name that iconv knows, or CSV_AUTO */
} CsvDialect;

typedef struct Alias {
    const char *from; /* compared after trimming: exactly, then without case */
    const char *to;   /* NULL: the cell counts as empty */
} Alias;

typedef struct Table Table;

/* "derive": {"from": "edition_display_name", "pattern": " - (-?[0-9]+)$"}: where the own cell is empty or the own
 * header absent, the first group of a POSIX extended regular expression over the trimmed source cell. */
typedef struct Derive {
    int from;            /* index of the source column in the same table; -1: none */
    const char *pattern;
} Derive;

typedef struct Column {
    const char *name;
    const char *was;     /* its name before it was renamed, in the database and in base.json; or NULL */
    int index;           /* in Table.columns; the order of base.json */
    FieldType type;
    StringList headers;       /* the first is the one that export writes */
    StringList id_headers;    /* FIELD_LINK: headers that hold record ids */
    const Table *to;     /* FIELD_LINK */
    bool multiple_first; /* FIELD_LINK: several elements: take the first instead of refusing */
    bool from_database;  /* its cells are PostgreSQL's text: '' is a value, an empty cell is NULL, lists are arrays */
    bool required;
    bool on_invalid_null; /* a bad cell becomes NULL with a warning instead of a reject */
    DecimalMark mark;     /* numbers: "decimal_mark" of the column, else of the table, else of the base */
    const char *zone;     /* FIELD_DATETIME: "time_zone" likewise: in which such values without a zone are; NULL: UTC */
    Zone *zone_offsets;   /* of Base.zones; NULL: UTC */
    const char *default_value; /* "default": the text an empty cell means, cleaned like a cell; or NULL */
    const char *min, *max; /* as written in base.json, cleaned like a cell; or NULL */
    StringList choices;
    const Alias *aliases;
    int n_aliases;
    Derive derive;
    const TransformStep *transform; /* what is done with a cell before its type reads it */
    int n_transform;
    Mask mask;           /* what is written in its place, behind the transform; MASK_NONE: the cell itself */
    const CatalogColumn *catalog; /* after base_bind; NULL before: no length, scale or kind is known */
} Column;

/* The columns in which a sync keeps what it knows of a row. `db migrate` adds those that a table lacks and uses those
 * that it has as they are. */
typedef enum MetadataRole {
    META_SYNCED_AT,  /* last_synced_at: the last write by a sync */
    META_VERSION,    /* sync_version: how many times syncs have written the row */
    META_ACTIVE,     /* is_active */
    META_CREATED_AT, /* created_at */
    META_UPDATED_AT, /* updated_at: the last change by anybody */
    META_COUNT
} MetadataRole;

/* "source" of a table: a database that its records are read from. */
typedef struct TableSource {
    const char *database;       /* the setting that holds the connection string; NULL: the table is read from a file */
    const char *schema, *table; /* the table or view that is read; NULL: `query` is */
    const char *query;
    const char *where; /* a condition on the rows of the table; or NULL */
    const char *name; /* "DATABASE/public.jobs", for messages and the log */
} TableSource;

typedef struct SkipRule { /* a record whose cell under `header` is, trimmed, one of `values` is skipped */
    const char *header;
    StringList values;
} SkipRule;

struct Table {
    const char *name;
    const char *schema;     /* its own, or the base's */
    const char *file;       /* name inside the export folder; of patterns and sources the one that export writes */
    StringList patterns;    /* of file names (glob.h): the newest file that fits one is meant; empty: the file */
    CsvDialect csv;
    TableSource from;       /* instead of a file */
    DecimalMark mark;       /* for columns that do not say */
    const char *zone;
    const char *id_column;
    StringList id_headers;
    int *id_parts;  /* several columns are the id: indexes into columns. The record id is their texts, joined with /, a
                       / or \ in them behind a \; id_column is then what messages call them: "(job, release)" */
    int n_id_parts; /* 0: id_column is the id */
    int *natural_key;       /* indexes into columns */
    int n_natural_key;
    Column *columns;        /* without the id column */
    int n_columns;
    SkipRule *skips;
    int n_skips;
    const char *metadata[META_COUNT]; /* the column of each role; NULL: "metadata" leaves it out */
    bool updates_only;                /* "insert": false: a record without a row is not found, never inserted */
    bool foreign; /* "metadata": false: the table is not artsync's: nothing is added to it, and it is never dropped */
    int index;              /* in Base.tables: link order */
    int name_column;        /* what a link by name compares: the first natural_key column, else the first text
                               column, else -1 */
    const char *state;      /* artsync's state table, unqualified: state_<table> (schema artsync) */
    uint64_t fingerprint;   /* XXH3 over mapping and CLEANING_VERSION: changes when any record may clean differently.
                               base_bind adds the columns' types: compare what is stored only after binding */
    const CatalogTable *catalog; /* after base_bind */
    const struct Base *base;
};

typedef struct Base {
    const char *name;
    const char *schema;
    const char *origin;     /* "sql/art/base.json (embedded)" or the path on disk: for messages */
    bool embedded;          /* a built-in base: it fits the schema that its own migrations make */
    const char *path;       /* what base_files takes: the built-in's name or the folder; NULL if only parsed */
    DateOrder date_order;
    DecimalMark mark; /* for tables that do not say */
    const char *zone;
    CsvDialect csv;
    StringList null_tokens;
    const char *mask_key;   /* what masks of text are keyed by; NULL: none is set */
    Table *tables;          /* linked tables first */
    int n_tables;
    Zone *zones;            /* those of its columns, each once; pg_zones fills in what the server knows of them */
    int n_zones;
    Arena arena;
} Base;

/* Raised whenever a cleaning rule changes its output, so that every record is cleaned again. */
enum { CLEANING_VERSION = 2 };

/* Raised with the form of the last-synced state, so that the next sync rewrites it (state.c: layouts.format). */
enum { STATE_VERSION = 2 };

/* Collects problems; base_load and base_bind go on after a problem so that `base check` can show all at once. */
typedef struct Problem {
    char *location;   /* "base.json: tables[2] (editions): columns[4] (size): choices" */
    char *message;
    char *hint;    /* may be NULL */
} Problem;

typedef struct Problems {
    Problem *items;
    int n, cap;
} Problems;

void problems_add(Problems *problems, const char *place, const char *hint, const char *format, ...) ART_PRINTF(4, 5);
void problems_free(Problems *problems);

/* The first of at least one problem as an Err, and how many more there are. Returns false. */
bool problems_raise(const Problems *problems, ErrCode code, Err *err);

/* Parse base.json text. `origin` names it in messages. Returns NULL if it has problems (at least one was added).
 * Errors: unknown or repeated keys, wrong types, trailing bytes, over 1 MB, invalid UTF-8, unknown types,
 * links to unknown tables or in a circle, on_invalid null on a required column ... */
Base *base_parse(const char *text, size_t size, const char *origin, Problems *problems);

/* The same as far as it goes, problems or not: good for field_check of its columns and for nothing else. Never NULL. */
Base *base_draft(const char *text, size_t size, const char *origin, Problems *problems);

/* Find and load a base: a name with a `/` (or `.`, `..`) is a folder on disk, any other an embedded base ("art"). On
 * failure one Err (ERR_CONFIG) names the first problem and how many more there are. */
Base *base_load(const char *name, Err *err);

/* The same for callers that want all problems: false and an Err only where there is nothing to read; *base is a draft
 * where problems were added. `origin` gets the file's name for messages. */
bool base_read(const char *name, Base **base, Buf *origin, Problems *problems, Err *err);

/* The mapping against the catalog: catalogs[i] belongs to base->tables[i]. Adds problems for a missing table or
 * column, a type that cannot hold the field, an id column that is not unique, a NOT NULL column without default that
 * is not mapped. Sets Column.catalog and Table.catalog. Returns true if no problem was added. */
bool base_bind(Base *base, CatalogTable *const *catalogs, Problems *problems);

/* After base_bind, for `base check`: adds a problem for each choice that is no label of its column's enum, or no word
 * for yes or no where the column is boolean. A sync goes on without: it rejects the records with that choice. */
void base_check_labels(const Base *base, Problems *problems);

/* The first part of base_bind by itself: each mapped table is there, and is a table. `never_made` is the hint for one
 * that artsync does not know. */
bool base_tables_exist(const Base *base, CatalogTable *const *catalogs, const char *never_made, Problems *problems);

/* Does every table have its metadata columns? Those that lack are problems. For use after base_bind. */
bool base_metadata_exists(const Base *base, CatalogTable *const *catalogs, Problems *problems);

/* The key of masks, a copy; call it before base_bind. NULL or "": none. */
void base_set_mask_key(Base *base, const char *key);

/* ERR_CONFIG where a column's mask needs a key and none is set: before anything reads records. */
bool base_require_mask_key(const Base *base, Err *err);

/* A step of "transform", a "mask", as base.json has them: NULL, or what is wrong with the text, for people. */
const char *transform_parse(const char *text, Arena *arena, TransformStep *step);
const char *mask_parse(const char *text, Arena *arena, Mask *mask);

/* The same texts again. */
const char *transform_form(const TransformStep *step, Arena *arena);
const char *mask_form(const Mask *mask, Arena *arena);

/* Has the table a column with a mask? Its records then never leave the process as they are. */
static inline bool table_has_masks(const Table *table)
{
    bool any = false;
    for (int i = 0; i < table->n_columns; i++)
        any = any || table->columns[i].mask.kind != MASK_NONE;
    return any;
}

void base_free(Base *base);

/* The table called `name`, or NULL. */
const Table *base_table(const Base *base, const char *name);

/* Can the table's records be in a file of this name in the export folder? */
bool table_takes_file(const Table *table, const char *name);

/* Is `name` one of the table's metadata columns? */
bool table_has_metadata(const Table *table, const char *name);

/* Index of the mapped column called `name`, or -1. */
int table_column(const Table *table, const char *name);

/* The same of a name from the past: a column's former name counts where none has it now. */
int table_column_or_was(const Table *table, const char *name);

const char *field_type_name(FieldType type); /* as in base.json */
bool field_is_number(FieldType type);        /* integer, decimal, currency, percent */

/* Can a column of this kind hold what the field cleans to? The rows of field_types.h; base_bind refuses the rest.
 * True of any kind for links: they need the kind of the linked key. */
bool field_accepts(FieldType type, PgKind kind);

/* What to do where a column of this type cannot hold the field. In the arena, or static. */
const char *field_refusal(FieldType type, const PgType *pg, Arena *arena);

/* The names of the PostgreSQL types of a kind, as a column is declared: "text, varchar, citext"; NULL of PG_OTHER. */
const char *pg_kind_names(PgKind kind);

/* What exports write for yes and no, in any case: checked, true, yes, y, 1, on ... False: neither. */
bool boolean_word(Str text, bool *yes);

/* The choice that a boolean column's value means: the first that says so, else "true" or "false". */
const char *boolean_choice(const Column *column, bool yes);

/* Calls `each` for the base's migrations (prefix ""; NNNN_*.sql beside base.json, four digits) or for the *.sql in a
 * folder below (prefix "checks/"; no hidden files), in path order, embedded or from disk alike. `path` is relative to
 * the base's folder; it and `text` (with a NUL behind it, without a byte order mark) die when `each`
 * returns. Where a file cannot be read, `text` is NULL and the error is set: `each` returns false, or clears it and
 * goes on. Stops and returns false if `each` does. */
typedef bool BaseFileFn(void *ctx, const char *path, const char *text, size_t size, Err *err);
bool base_files(const char *base_name, const char *prefix, BaseFileFn *each, void *ctx, Err *err);

/* Adds a problem for every other .sql beside base.json: it looks like a migration, and is not applied. */
bool base_unused_files(const char *base_name, Problems *problems, Err *err);

#endif

/* catalog.h - what the live database says about a table, as plain data.
 *
 * pg/catalog.c fills it; model, clean, sync and check read it. No libpq type appears here, so that the cleaning layer
 * can know a column's length and scale without knowing a database. All strings live in the arena it was loaded into.
 */
#ifndef ARTSYNC_CATALOG_H
#define ARTSYNC_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

/* What cleaning needs to know of a PostgreSQL type: how its values print. Domains count as their base type. */
typedef enum PgKind {
    PG_TEXT,        /* text, varchar, char, citext, name */
    PG_INTEGER,     /* smallint, integer, bigint */
    PG_NUMERIC,
    PG_FLOAT,       /* real, double precision */
    PG_BOOLEAN,
    PG_DATE,
    PG_TIMESTAMP,   /* without time zone: 2026-08-25 07:04:22 */
    PG_TIMESTAMPTZ, /* printed in UTC:    2026-08-25 07:04:22+00 */
    PG_INTERVAL,    /* IntervalStyle postgres: 01:30:00 */
    PG_TEXT_ARRAY,
    PG_JSON,        /* kept as it is */
    PG_JSONB,       /* normalized by the server */
    PG_UUID,
    PG_ENUM,
    PG_ENUM_ARRAY,
    PG_OTHER
} PgKind;

typedef struct PgType {
    PgKind kind;
    int bytes;         /* integers: 2, 4 or 8; floats: 4 or 8; else 0 */
    int length;        /* varchar(n), char(n): n characters; else 0 = no limit */
    int precision;     /* numeric(p,s): p; else 0 = no limit */
    int scale;         /* numeric(p,s): s; timestamp(s), interval(s): digits of a second; -1 = all are kept as given */
    const char *name;  /* format_type: "numeric(10,2)", "character varying(20)" */
    const char *base;  /* the same without length or domain, castable: "numeric", "character varying", "text[]" */
    const char **labels; /* enums and arrays of them: the labels, in their order */
    int n_labels;
} PgType;

typedef struct CatalogColumn {
    const char *name;
    PgType type;
    bool not_null;
    bool has_default; /* a default, an identity or a generation expression */
    const char *default_text; /* the column's own default as pg_get_expr prints it, or NULL */
    const char *folding; /* a nondeterministic collation, schema and name: different texts may be equal; else NULL */
    const char *sequence; /* the sequence that numbers it, schema and name quoted (identity or nextval()); else NULL */
    bool generated;   /* GENERATED ALWAYS AS (...) STORED or identity ALWAYS: cannot be written */
} CatalogColumn;

/* A unique or primary key, or a unique index over expressions or of some rows only; then parts and predicate say so. */
typedef struct CatalogKey {
    const char *name;
    int *columns;    /* indexes into CatalogTable.columns: all that it uses */
    int n_columns;
    const char **parts; /* what is unique, as expressions under search_path pg_catalog; NULL: the columns, in all
                           rows */
    int n_parts;
    const char *predicate; /* of which rows; NULL: all */
    bool primary;
    bool deferrable;
    bool nulls_equal; /* NULLS NOT DISTINCT (PostgreSQL 15+) */
} CatalogKey;

typedef struct CatalogCheck {
    const char *name;
    const char *expression; /* pg_get_expr under search_path pg_catalog: names are qualified, columns are plain */
    int *columns;           /* indexes into CatalogTable.columns */
    int n_columns;
} CatalogCheck;

/* A foreign key from this table to another, or (in `referenced_by`) from another table to this one. */
typedef struct CatalogForeignKey {
    const char *name;
    const char *schema, *table;       /* the other side */
    const char **columns;             /* this side's column names */
    const char **other_columns;       /* the other side's, in the same order */
    int n_columns;
    bool deferrable;
    const char *definition;           /* pg_get_constraintdef */
} CatalogForeignKey;

typedef struct CatalogTable {
    const char *schema, *name;
    const char *encoding;     /* the database's, as PostgreSQL names it: "UTF8" */
    bool exists;              /* as a table, partitioned or not: something that a sync can write to */
    const char *other_kind;   /* "view", "foreign table" ...: something else has the name; else NULL */
    bool known;               /* artsync keeps state of a table of this name: it was there once */
    const char *likely;       /* does not exist: tables that artsync knows and the mapping does not, or NULL */
    const char *partition_key; /* pg_get_partkeydef: "LIST (region)"; NULL: not partitioned */
    bool owned;               /* the current role is (a member of) the owner */
    CatalogColumn *columns;
    int n_columns;
    int primary_key;          /* index into columns of the single-column primary key, or -1 */
    CatalogKey *keys;
    int n_keys;
    CatalogCheck *checks;
    int n_checks;
    CatalogForeignKey *foreign_keys;
    int n_foreign_keys;
    CatalogForeignKey *referenced_by;
    int n_referenced_by;
    const char **deferrable;  /* names of all deferrable constraints and constraint triggers of this table */
    int n_deferrable;
    bool has_foreign_triggers; /* enabled user triggers that artsync's migrations did not make */
} CatalogTable;

/* The key's column, if it is only one and a sequence numbers it; else NULL. */
const CatalogColumn *catalog_numbered(const CatalogTable *table, const CatalogKey *key);

/* Index of the column in table->columns, or -1. Case-sensitive, as PostgreSQL is. */
int catalog_column(const CatalogTable *table, const char *name);

#endif

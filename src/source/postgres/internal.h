/* internal.h - between the parts of the source PostgreSQL: databases.c has the connections, identity.c knows whether a
 * source is the table that is written to, rows.c reads rows into a file, kind.c gives them as records.
 */
#ifndef ARTSYNC_SOURCE_POSTGRES_INTERNAL_H
#define ARTSYNC_SOURCE_POSTGRES_INTERNAL_H

#include <stdio.h>

#include "artsync/source.h"

/* A database that tables are read from. */
typedef struct Database {
    const char *setting; /* its name */
    Pg *pg;
    bool reading; /* the transaction in which all of its tables are read is open */
} Database;

/* The rows of one table, as they were read. */
typedef struct Rows {
    const Table *table;
    FILE *file; /* private, CSV with a header; NULL where there are none yet */
    int64_t size;
    char sha256[SHA256_HEX];
} Rows;

struct SourceDatabases {
    SourceSetting *setting;
    void *ctx;
    Pg *target;
    Database **databases;
    int n_databases, databases_cap;
    Rows **rows;
    int n_rows, rows_cap;
    Arena arena;
};

/* The database of the source's table, connected; no transaction is begun. NULL: `err` says why. */
Database *database_of(const Source *source, Err *err);

/* Begin the transaction unless it is open. */
bool database_begin(Database *database, Err *err);

/* The rows of the source's table; none are read yet where rows->file is NULL. */
Rows *rows_of(const Source *source);

/* Read them, unless they were read before. */
bool rows_fetch(const Source *source, Rows **rows, Err *err);

/* SELECT of the columns that the mapping needs, or the query. In the open transaction. */
bool rows_select(Pg *pg, const Table *table, Buf *sql, Err *err);

/* Refuse the source if it reads the table that is written to. In the open transaction. */
bool identity_check(const Source *source, Database *database, const char *select, Err *err);

#endif

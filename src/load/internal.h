/* internal.h - between the files of src/load. */
#ifndef ARTSYNC_LOAD_INTERNAL_H
#define ARTSYNC_LOAD_INTERNAL_H

#include <stdio.h>

#include "artsync/facts.h"
#include "artsync/load.h"
#include "artsync/plan.h"
#include "artsync/state.h"

/* The unique keys of its records (load_unique.c), made after the header was read. First a look at the item's, then add
 * them, or say which an earlier record has (else code is NULL). */
typedef struct LoadUnique LoadUnique;
LoadUnique *load_unique_new(const TableRun *run);
void load_unique_prepare(LoadUnique *unique, const Table *table, const Item *item);
Reject load_unique_add(LoadUnique *unique, const Table *table, const Item *item, Arena *arena);
void load_unique_free(LoadUnique *unique); /* accepts NULL */

/* Keys and indexes of the empty table and its state: dropped before the load, made again after it (load_keys.c). */
typedef struct LoadKeys LoadKeys;

/* What the lines of COPY are made of, the row's and the state's. */
typedef struct LoadLine {
    const char *tail; /* of every row: its metadata and the line's end */
    int layout;       /* of every state */
    Slot *slots;      /* of the record under way */
    Buf bytes;
} LoadLine;

/* What is copied once the rows are: temporary files without a name. */
typedef struct LoadFiles {
    FILE *state;   /* binary COPY of the state */
    FILE *rejects; /* text COPY of rejected records for the staging table */
    int64_t n_rejects;
} LoadFiles;

typedef struct Load {
    TableRun *run;
    LoadOptions options;
    Stage *stage;
    Layouts layouts;
    bool begun;        /* the savepoint is there */
    bool copying;      /* COPY into the table is under way */
    bool finished;     /* what comes now cannot be taken back alone */
    LoadUnique *unique;
    LoadKeys *keys;    /* that were dropped; NULL: none, the source is small or the tables are not ours */
    int64_t rows;
    LoadLine line;
    LoadFiles later;
    Arena arena, scratch; /* of the load; of one record */
} Load;

bool load_keys_drop(LoadKeys **keys, const Load *load, Err *err);
bool load_keys_make(const LoadKeys *keys, Pg *pg, Err *err);
void load_keys_free(LoadKeys *keys); /* accepts NULL */

#endif

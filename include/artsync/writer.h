/* writer.h - what becomes of the records of one table: written by a three-way merge, loaded into an empty table,
 * compared.
 *
 * One table's run: source -> cleaner -> identity (which row is a record's; is it as last time, or a repeat?) -> writer.
 * What happens up to the writer is the same for all of them and is done in src/identity. A writer is one static row
 * with a private struct in a folder of its own; it is chosen once per table, by the code that runs the table.
 */
#ifndef ARTSYNC_WRITER_H
#define ARTSYNC_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/clean.h"
#include "artsync/counts.h"
#include "artsync/links.h"
#include "artsync/page.h"
#include "artsync/pg.h"
#include "artsync/record.h"
#include "artsync/record_index.h"
#include "artsync/source.h"

/* How the source's dates and numbers are read where base.json leaves it to them (marks.c). */
typedef struct Marks {
    Detector *detector;   /* the source was looked at before it is cleaned; else NULL */
    DecimalMark *before;  /* per column: what earlier exports showed */
    DecimalMark *shown;   /* and this one, after table_read */
} Marks;

/* Where the records of a table that links point at come from in this export. */
typedef struct LinkExport {
    Source *source; /* NULL: this run knows none */
    bool synced;    /* it was synced before, in this run: its records have their rows by now */
} LinkExport;

/* What the header says, once it was read. */
typedef struct SourceHeader {
    SourcePosition position;
    bool *present;       /* per column: the source has it */
    bool has_ids;        /* the source has record ids; else natural keys identify */
    uint64_t rules;      /* fingerprint of the rules by which the source is read (cleaner_rules) */
    StringList unmapped; /* headers without a column; in the run's arena */
} SourceHeader;

/* What the records say, once all were read. */
typedef struct RecordsSeen {
    bool unreadable_id;      /* some record's id could not be read: no row may count as absent */
    bool keep_generated_ids; /* some rejected record may be that of a row with a generated id: those are not absent */
    bool link_rejects;       /* some record was rejected for a link */
    bool *links_by_name;     /* per column: a link that was resolved by the names of `exports` */
} RecordsSeen;

/* One table within a run: what source, identity and writer share. */
typedef struct TableRun {
    Pg *pg;
    const Table *table;
    Source *source;
    TableCounts *counts;
    CleaningReport *report;  /* NULL: in a second pass over the same source, or where it is not read */
    LinkIndex **links;       /* one per base table, those that this one links to loaded (links_load) */
    const LinkExport *exports; /* one per base table */
    RecordIndex *index;      /* state and rows, loaded */
    bool skips_unchanged;    /* a record whose cells are as last time is counted and goes no further */

    Arena arena;             /* of this run of the table */
    SourceHeader header;
    Marks marks;
    RecordsSeen seen;
} TableRun;

/* A record and which row is its own. What it points to dies when `put` returns. */
typedef struct Item {
    SourcePosition position;
    const char *id;      /* NULL: it has none, and `reject` says why */
    const char *at_id;   /* the id under which its row is found, if it is taken over under a new id; else NULL */
    uint64_t raw;        /* hash of its cells */
    const Value *values; /* table->n_columns; NULL of some rejected ones */
    Reject reject;       /* code set: not to be written */
} Item;

typedef struct RecordWriter {
    const char *name;
    /* Before the first record; `options` is of the writer's own type, *writer receives its struct also on failure. May
     * change the database; must not read the source. run->index is loaded, the header is not read yet. */
    bool (*begin)(void **writer, TableRun *run, const void *options, Err *err);
    /* A record that is neither unchanged nor a repeat, rejected ones included. Must copy what it keeps. */
    bool (*put)(void *writer, const Item *item, Err *err);
    /* After the last record. Everything is written or told when it returns; counts are final but for new_rejects. */
    bool (*finish)(void *writer, Err *err);
    /* After a failure for the reason `why`: true if all that the writer did was undone, so that another one can take
     * the table; then *err is set if undoing failed. NULL: cannot. */
    bool (*undo)(void *writer, const Err *why, Err *err);
    void (*free)(void *writer); /* accepts NULL */
} RecordWriter;

/* ---- one table, from its source into a writer (src/identity) ---- */

/* Read what the database knows of the table: record index and the rows that its links point at. */
bool table_prepare(TableRun *run, Err *err);

/* All records of the source through cleaner and identity into the writer, which must have begun; not its finish. */
bool table_read(TableRun *run, const RecordWriter *kind, void *writer, Err *err);

/* Keep what this source showed, for exports that show nothing. */
bool marks_keep(const TableRun *run, Err *err);

void table_run_free(TableRun *run);

/* ---- what writers with batches share (batch.c) ---- */

/* Records that wait, up to BATCH_RECORDS or BATCH_BYTES (stage.h); their strings live in the arena. */
typedef struct Batch {
    Item *items;
    int n, cap;
    Page page; /* of rows that are read for them */
    Arena arena;
} Batch;

void batch_add(Batch *batch, const Item *item, int n_columns); /* copies all of it */
bool batch_is_full(const Batch *batch);
void batch_clear(Batch *batch);
void batch_free(Batch *batch);

/* The id under which a record's row is found. */
static inline const char *item_row_id(const Item *item) { return item->at_id ? item->at_id : item->id; }

/* Read the rows and the state (plan_rows) of those records that have any, from the item *next on, as many as a page
 * holds: *next is then the first item that was not looked at. at[i] is the item's row in *rows, or -1. */
bool batch_read_rows(Batch *batch, const TableRun *run, int *next, PgRows **rows, int *at, Err *err);
/* A mapped column of such a row; '' counts as NULL where the source is CSV, since its cells cannot tell them apart. */
const char *row_value(const PgRows *rows, int row, const Column *column);

/* ---- the rows that links point at (linked.c) ---- */

/* Load the index of every table that `table` links to, unless it is there. */
bool links_load(LinkIndex **links, Pg *pg, const Table *table, Err *err);
/* A fingerprint of those rows: what rejected links depend on. malloc'ed. */
bool links_fingerprint(Pg *pg, const Table *table, char **hash, Err *err);
/* Add the names of the records of `to`'s export to its index, unless they are there. */
bool links_load_names(LinkIndex *index, const Table *to, const LinkExport *export, Err *err);

#endif

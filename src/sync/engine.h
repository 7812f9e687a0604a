/* engine.h - what the files of the engine share: one run, and within it one table's turn. */
#ifndef ARTSYNC_SYNC_ENGINE_H
#define ARTSYNC_SYNC_ENGINE_H

#include <cjson/cJSON.h>

#include "artsync/clean.h"
#include "artsync/csv.h"
#include "artsync/links.h"
#include "artsync/parity.h"
#include "artsync/record.h"
#include "artsync/sync.h"
#include "../identity/record_index.h"
#include "../identity/natural.h"
#include "../stage/page.h"
#include "../stage/plan.h"
#include "../stage/stage.h"
#include "../stage/state.h"

enum {
    BATCH_RECORDS = 10000,
    BATCH_BYTES = 8 * 1024 * 1024,
    MAX_REFUSALS = 1000 /* of the database per table, found by bisection */
};

typedef struct Run {
    Pg *pg; /* carries the transaction */
    const Base *base;
    const SyncOptions *options;
    SyncResult *result;
    OnConflict on_conflict; /* decided */
    bool *fresh;            /* per base table: this run loads it from empty */
    int64_t *log_ids;       /* one per result table; 0 in a dry run */
    LinkIndex **links;      /* one per base table, loaded when first needed */
} Run;

/* A record that waits in the batch. Its strings live in the batch's arena. */
typedef struct Item {
    SourcePosition position;
    const char *id;
    const char *at_id; /* the id under which its row stands, if it is taken over under a new id; else NULL */
    uint64_t raw;
    const Value *values; /* table->n_columns */
    Reject reject;
} Item;

typedef struct Batch {
    Item *items;
    int n, cap;
    Arena arena;
} Batch;

/* Derived ids of rows that are gone, and the real ids with which their records have come back, in the same order. */
typedef struct Heirs {
    const char **former, **ids;
    int n, cap, ids_cap;
    Arena arena;
} Heirs;

typedef struct Load Load; /* the first load of an empty table (load.c) */

/* One table's turn. */
struct TableRun {
    Run *run;
    const Table *table;
    SyncTable *counts;
    int64_t log_id;
    const char *path;
    Cleaner *cleaner;
    CsvFile file;          /* as it was read */
    SourcePosition header;
    RecordIndex *known;
    RecordIndex *bad;            /* records with bad cells, by id and raw hash: their repeats are skipped */
    Natural *natural;      /* natural keys of the rows, where the file or the rows lack real ids; else NULL */
    Heirs heirs;
    FormerIds former;      /* of the table itself, where the file has no ids */
    Layouts layouts;
    Batch batch;
    Page page;             /* of rows that are read back for the batch */
    Load *load;            /* the table is empty: records go straight into it; else NULL */
    ParityTable *parity;   /* records are compared with their rows instead of written; else NULL */
    CleaningReport *report; /* NULL in a second pass over the same file: it was told already */
    Detector *detector;       /* the file was looked at before it is cleaned; else NULL */
    DecimalMark *marks_before; /* per column: what earlier exports showed */
    Arena scratch;         /* one record */
    bool *present;         /* per column, once the header was read, also where no record follows */
    int64_t seq;           /* of the last staged record */
    int64_t live;          /* staged records that are to be written */
    int refused;           /* by the database, found by bisection */
    bool staged;           /* the stage exists */
    uint64_t *key_bits;    /* per mapped column, and last the id column: the keys that hold it (stage.c) */
    int64_t claims[STAGE_KEYS]; /* per key's bit: staged records that bring another value of it than their row has */
    bool adopts, reactivates;
    bool undo;             /* a rollback's turn */
    bool replay;           /* the file was named with --file */
    bool unreadable_id;    /* some record's id could not be read: nothing may be deactivated */
    bool keep_generated_ids;      /* some refused record may be the one of a row with a derived id: those stay active */
    bool link_rejects;
    int64_t asked;         /* number of the record that `known` saw last */
    const char *identity;  /* its id as resolved by `known`; NULL: could not be */
    IndexedRecord *entry;    /* where `known` keeps that id, good until the record is put; NULL: no identity */
    Reject refusal;        /* what `known` found wrong with it */
};

/* The sink of the cleaner, and what it needs to know of the header before the first record: which columns the file has,
 * and how records without a real id are recognized (intake.c). */
RecordSink intake_sink(TableRun *turn);
bool intake_header(TableRun *turn, Err *err);

/* How dates and numbers of the file are to be read (marks.c). marks_of_numbers is the cleaner's; ctx is the TableRun. */
bool marks_load(TableRun *turn, Err *err);
bool marks_date_order(TableRun *turn, DateOrder *order, Err *err);
bool marks_of_numbers(void *ctx, NumberMark *marks, Err *err);
bool marks_keep(const TableRun *turn, Err *err); /* for exports that show nothing */

/* Decide over and stage what the batch holds (batch.c). */
bool batch_flush(TableRun *turn, Err *err);
void batch_free(Batch *batch);
/* Read the rows and the state of those records that have any, from the batch's item *next on, as many as a page holds:
 * *next is then the first item that was not looked at. at[i] is the item's row in *rows, or -1. */
bool batch_read_rows(TableRun *turn, int *next, PgRows **rows, int *at, Err *err);
/* The hash of a row's value as the state keeps it: of a link, the record id that its target has now. */
uint64_t batch_row_hash(const TableRun *turn, const Column *column, const char *row);
/* A mapped column of such a row; '' counts as NULL. */
const char *batch_row_value(const PgRows *rows, int row, int column);
bool same_text(const char *a, const char *b);  /* two NULLs are the same */
bool same_value(const char *a, const char *b); /* '' is NULL, too */

/* Compare what the batch holds with the rows (parity.c). */
bool parity_batch(TableRun *turn, Err *err);

/* The first load of an empty table. load_begin decides whether it is one (then turn->load is set), load_item takes a
 * record, load_finish adds the keys back. After a failure that load_should_fall_back to, the caller rolls back to the
 * savepoint artsync_load and takes the table's turn again without load. */
bool load_begin(TableRun *turn, int64_t file_size, Err *err);
bool load_item(TableRun *turn, const Item *item, Err *err);
bool load_finish(TableRun *turn, Err *err);
bool load_should_fall_back(const TableRun *turn, const Err *err);
void load_free(TableRun *turn);

/* Keys and indexes of the empty table and its state: dropped before the load, made again after it (load_keys.c). */
typedef struct LoadKeys LoadKeys;
bool load_keys_drop(LoadKeys **keys, TableRun *turn, Err *err);
bool load_keys_make(const LoadKeys *keys, Pg *pg, Err *err);
void load_keys_free(LoadKeys *keys); /* accepts NULL */

/* The unique keys of its records (load_unique.c), made after the header was read. First a look at the item's, then claim them,
 * or say which an earlier record has (else code is NULL). */
typedef struct LoadUnique LoadUnique;
LoadUnique *load_unique_new(const TableRun *turn);
void load_unique_look(LoadUnique *unique, const TableRun *turn, const Item *item);
Reject load_unique_claim(LoadUnique *unique, const TableRun *turn, const Item *item, Arena *arena);
void load_unique_free(LoadUnique *unique); /* accepts NULL */

/* A late reject: what was staged is not to be written (refuse.c). */
typedef struct Refusal {
    int64_t seq;
    const char *code, *column, *value, *reason;
} Refusal;

typedef struct Refusals {
    Refusal *items;
    int n, cap;
    Arena arena;
} Refusals;

void refusals_add(Refusals *refusals, int64_t seq, const char *code, const char *column, const char *value,
                  const char *reason);
void refusals_clear(Refusals *refusals);
void refusals_free(Refusals *refusals);
bool stage_refuse(TableRun *turn, Refusals *refusals, Err *err);
/* The same without a reject: what was staged is not a record of the file. */
bool stage_withdraw(TableRun *turn, Refusals *refusals, Err *err);

/* Refuse staged records that break a key or a check which artsync knows (rules.c). */
bool rules_enforce(TableRun *turn, Err *err);

/* The reject of a record whose key an earlier one of the file has. */
Reject rules_repeated(const TableRun *turn, const CatalogKey *key, const char *value, int64_t first_line, Arena *arena);

/* Write the live part of the stage to the table; refuse what the database refuses (apply.c, bisect.c). */
bool apply_stage(TableRun *turn, Err *err);
bool apply_range(TableRun *turn, char op, int64_t first, int64_t last, int64_t expected, Err *err);
/* Deactivate the n rows that are staged for it; `refused` gets those that the database keeps active. */
bool apply_deactivations(TableRun *turn, int64_t n, Refusals *refused, Err *err);
/* Who is refused? `operations`: of these, in this order. *applied: the rest is written and every constraint holds; else nothing is written. With `defer` the keys
 * that the rules checked are not looked at while halving. */
bool bisect_refusals(TableRun *turn, const char *operations, bool defer, Refusals *found, bool *applied,
                     Err *err);

/* Deactivate what is absent from the export (absent.c). */
bool deactivate_absent(TableRun *turn, Err *err);

/* History, state and rejects (stage/history.c, rejects.c). */
bool history_write(TableRun *turn, Err *err);
bool history_rename(TableRun *turn, Err *err); /* records that got another id take their history along */
bool rejects_write(TableRun *turn, Err *err);

/* Former ids besides those of adopted rows (heirs.c). heirs_note looks whether a record that gets a row, new or adopted, is
 * that of a row which is gone; heirs_write keeps what was found, after the rows were written. */
void heirs_note(TableRun *turn, const Record *record);
bool heirs_write(TableRun *turn, Err *err);
void heirs_free(Heirs *heirs);

/* Rows that links can point at; also the fingerprint that rejected links rest on (linked.c). */
bool linked_load(Run *run, const Table *table, Err *err);
bool linked_fingerprint(Pg *pg, const Table *table, char **hash, Err *err);

/* What a sync does with conflicts in a phase. */
OnConflict conflict_choice(const SyncOptions *options, Phase phase);

/* Does the sync skip the table's file? The one answer, for sync and status. *fingerprint is that of the rows, malloc'ed, if
 * they had to be looked at (skip.c). */
typedef struct SkipCase {
    const Table *table;
    const char *sha256;
    bool replay;            /* the file was named with --file */
    SyncMode mode;
    OnConflict on_conflict; /* decided */
} SkipCase;
bool skip_allowed(Pg *pg, const SkipCase *file, bool *skip, char **fingerprint, Err *err);
bool ids_fingerprint(Pg *pg, const Table *table, char **hash, Err *err); /* of the ids of all rows; malloc'ed */
char *mapping_hash(const Table *table, Arena *arena);

/* sync_logs (runlog.c). `log` is the second connection; what is written there is one transaction with short limits. A run's
 * rows are written together: all of them say running, with the id of the data's transaction, or none is there. */
bool runlog_start(Pg *log, Run *run, Err *err);
typedef struct RunlogRow {
    const char *type, *table, *file, *sha256; /* the last two NULL: a rollback */
    bool replay;
    int64_t *id;
} RunlogRow;
bool runlog_begin(Pg *log, Pg *data, const char *base, const char *run_id, const RunlogRow *rows, int n, Err *err);
bool runlog_complete(Run *run, Err *err);
void runlog_fail(Pg *log, const char *run_id, const Err *why); /* what still says running; failing is no error */
bool runlog_holder(Pg *pg, const char *base, Buf *out, Err *err);
const char *runlog_who(Arena *arena);

/* One table, from what the database knows to history and log (table_run.c). */
bool table_run_execute(Run *run, int result_index, Err *err);
bool table_run_prepare(TableRun *turn, Err *err); /* what the database knows of the table */
bool table_run_stream(TableRun *turn, Err *err);  /* the file through the cleaner into batches; its hash must be counts->sha256 */
void table_run_free(TableRun *turn);

/* Take back one table's part of a sync (undo.c, delete_created.c). */
typedef struct Undo {
    TableRun turn;             /* stage, rules and apply are those of a sync */
    RollbackResult *result;
    int64_t of_log;        /* the sync's sync_logs row of this table */
    int64_t reversed, deleted, kept;
} Undo;

/* {"c":["a","b"]}, or NULL, as {"c":{"from":"a","to":"b"}}. The caller deletes it. */
cJSON *changes_named(const char *text);

bool delete_created_rows(Undo *undo, Err *err);
bool undo_changes(Undo *undo, Err *err);
/* One line of the report; takes over `columns` (NULL: none). */
bool undo_detail(Undo *undo, const char *id, const char *action, cJSON *columns, const char *reason, Err *err);

bool table_lock(Pg *pg, const Table *table, Err *err);

/* Take the base's lock in the open transaction, or say who holds it (ERR_BUSY) (base_lock.c). */
bool base_lock(Pg *pg, const char *base, Err *err);
/* BEGIN of a run, named after it, with the base's lock; ERR_BUSY if another run holds it after `wait_seconds`. */
bool base_begin(Pg *pg, const char *base, const char *run_id, int wait_seconds, Err *err);

/* COMMIT of a sync or rollback, whose row in sync_logs proves it. */
bool run_commit(Pg *pg, const char *run_id, Err *err);

/* A UUID, version 4. */
void uuid_new(char out[37]);

#endif

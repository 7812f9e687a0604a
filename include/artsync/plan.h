/* plan.h - the statements that depend on the mapping, built in one module.
 *
 * Each function appends one statement to `out`, most of them over the stage (stage.h). Parameters are named in its
 * comment.
 */
#ifndef ARTSYNC_PLAN_H
#define ARTSYNC_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/base.h"
#include "artsync/mem.h"

typedef struct Plan {
    const Table *table;
    const bool *present; /* per mapped column: the file has it, so it is written */
    bool adopts;         /* some record takes over a row under another id: the id column is written too */
    bool reactivates;    /* some row becomes active again */
    bool ordered;        /* updates are written by ascending position */
    bool undo;           /* rollback: stamps are put back where the stage says `exact` */
} Plan;

/* The lock that keeps other writers out until the transaction ends. */
void plan_lock(Buf *out, const Table *table);

/* ", t." and its name for every mapped column. */
void plan_columns(Buf *out, const Table *table);

/* How many bytes the row t may have, near enough; measured without reading what is stored apart from the row. */
void plan_bytes(Buf *out, const Table *table);
/* A page: of the statement `select`, the first rows that fit into $`bytes`, at least one. It gives n columns, the first
 * of which is its order, and last the bytes of the rows before each. */
void plan_page(Buf *out, const char *select, int n, int bytes);

/* Rows and state of records, the first that fit. $1: ids (text[]), $2: bytes. Result: n (1-based position in $1), row
 * there?, is_active, updated_at, last_synced_at, sync_version, state there?, layout, cols, raw, state.deactivated, then
 * every mapped column as text. */
void plan_rows(Buf *out, const Table *table);
enum { ROWS_N, ROWS_ROW, ROWS_ACTIVE, ROWS_UPDATED_AT, ROWS_SYNCED_AT, ROWS_VERSION, ROWS_STATE, ROWS_LAYOUT,
       ROWS_COLS, ROWS_RAW, ROWS_DEACTIVATED, ROWS_COLUMNS };

/* ---- metadata columns (plan_metadata.c) ---- */

/* What an INSERT has to write into the role's column, in SQL; NULL: nothing, the column's default does it. */
const char *plan_metadata_value(const Table *table, MetadataRole role);
/* ", name" and ", value" of each that has to be written. */
void plan_metadata_names(Buf *out, const Table *table);
void plan_metadata_values(Buf *out, const Table *table);
/* ", name = value" for an UPDATE of the row t from the stage's s. */
typedef enum MetadataUpdate { METADATA_UPDATE, METADATA_DEACTIVATE, METADATA_REACTIVATE, METADATA_UNDO } MetadataUpdate;
void plan_set_metadata(Buf *out, const Table *table, MetadataUpdate kind);

/* Write the business's rows (pg_write: no operator is looked up by the search_path). first, last: position. */
void plan_update(Buf *out, const Plan *plan, int64_t first, int64_t last);
void plan_insert(Buf *out, const Plan *plan, int64_t first, int64_t last);

/* The type that the stage has for the column's where it is another: text for an enum, text[] for an array of one; else
 * NULL. */
const char *plan_staged_as(const PgType *type);

/* A staged value as what its column takes. */
void plan_staged_value(Buf *out, const char *alias, const Column *column);

/* ---- keys and checks (plan_keys.c) ---- */

/* Are all columns of the key staged, and is it over plain columns of all rows? */
bool plan_knows_key(const Plan *plan, const CatalogKey *key);
/* Can artsync tell which key a record has, at least of one that has a row? Then the key can be looked for over the
 * stage. Those statements may fail where an expression of the key does. */
bool plan_follows_key(const Plan *plan, const CatalogKey *key);
bool plan_knows_check(const Plan *plan, const CatalogCheck *check);

/* Can rows be looked up by staged values of the key, with the key's own index? */
bool plan_key_has_index(const Plan *plan, const CatalogKey *key);
/* Records with a key that another row has now. by_index: look up the row of one record after the other in the
 * key's index, else read the whole table once. */
void plan_key_holders(Buf *out, const Plan *plan, const CatalogKey *key, bool by_index);
enum { HOLDER_SEQ, HOLDER_OP, HOLDER_ID, HOLDER_VALUE, HOLDER_ACTIVE, HOLDER_BY, HOLDER_LEAVES };
/* Records with a key that an earlier record has: seq, the first record's seq and line, the values as text,
 * the record's line; those of one key together. */
void plan_duplicate_keys(Buf *out, const Plan *plan, const CatalogKey *key);
/* Records that break a check constraint: seq, the value of its first column as text. */
void plan_check(Buf *out, const Plan *plan, const CatalogCheck *check);

/* `how` is IMMEDIATE or DEFERRED; names are quoted already. */
void plan_constraints(Buf *out, const char *names, const char *how);

/* Records with NULL in the column: seq. */
void plan_null(Buf *out, const Column *column);

/* The ids of all records that have state. */
void plan_state_ids(Buf *out, const Table *table);

/* History and state, after the rows were written. $1: log id. */
void plan_changes(Buf *out);
/* A record that got another id takes its history along. No parameter. */
void plan_rename_history(Buf *out, const Table *table);
/* The derived ids of rows that are gone, whose records have come back with a real id. $1: derived ids, $2: real ids. */
void plan_note_returned(Buf *out, const Table *table);
/* State of a record without a row, whose id another row takes over now. No parameter. */
void plan_drop_stale(Buf *out, const Table *table);
void plan_state_update(Buf *out, const Table *table);
void plan_state_insert(Buf *out, const Table *table);
void plan_state_deactivate(Buf *out, const Table *table); /* no parameter */
/* Every record is cleaned and compared again. No parameter. */
void plan_forget_raw(Buf *out, const Table *table);

/* Rows that people made active again were not deactivated by a sync any more. No parameter. */
void plan_state_clear_deactivated(Buf *out, const Table *table);

/* Rows whose records are absent from the export (mode full). $1: ids (text[]), $2: the last seq before them. */
void plan_stage_absent(Buf *out, const Table *table);
void plan_deactivate(Buf *out, const Table *table, int64_t first, int64_t last); /* for pg_write */

/* The row that a link points at: id, name, key of every row of `table`. */
void plan_links(Buf *out, const Table *table);

/* Columns of a key or check as people read them: "print_id, edition_number". */
void plan_column_names(Buf *out, const CatalogTable *table, const int *columns, int n);

#endif

/* base_build.h - the parts that base_parse puts together. Each takes the JSON beside what was read from it, so that a
 * problem can name its place. */
#ifndef ARTSYNC_MODEL_BASE_BUILD_H
#define ARTSYNC_MODEL_BASE_BUILD_H

#include "json_shape.h"

/* "metadata" of a table: { "is_active": "other_name" | null, ... }. Before it is read, every role has its own name. */
void metadata_defaults(Table *table);
void read_metadata(const Node *value, void *table);

/* The lists below base_key_list that another file refers to. */
extern const KeyList table_key_list, metadata_key_list, source_key_list, column_key_list;

/* "source" of a table. */
void read_source(const Node *value, void *table);

/* "file" of a table, and "csv", which base and table may have: what it does not say stays. */
void read_file(const Node *value, void *table);
void read_csv(const Node *value, CsvDialect *dialect);
extern const JsonShape file_shape, csv_shape;

/* "decimal_mark" and "time_zone", which base, table and column may have. */
DecimalMark read_mark(const Node *value);
const char *read_zone(const Node *value);

/* "schema" of base and table. */
const char *read_schema(const Node *value);
extern const JsonShape mark_shape, zone_shape;

/* "pattern" of derive: a POSIX extended regular expression of bounded size with a group; else NULL and a problem. */
const char *read_pattern(const Node *value);

/* "transform" and "mask" of a column, and what a mask forbids beside it. */
void read_transform(const Node *value, void *column);
void read_mask(const Node *value, void *column);
void check_mask(const Node *node, const Column *column);

/* One element of "tables": everything but what needs the other tables. What a table takes from the base is in it. */
void read_table(const Node *node, Table *table);

/* One element of "columns": everything but what needs the other columns or tables (to, derive.from). */
void read_column(const Node *node, Column *column);

/* What needs the whole table: derive, natural_key, columns or headers that are mapped twice. */
void finish_table(const Node *node, Table *table);

/* What needs the whole base: link targets; then sorts base->tables so that linked tables come first. `tables` is the
 * JSON array in whose order base->tables still is. */
void finish_links(const Node *tables, Base *base);

/* Name of the state table and fingerprint of the mapping; both also depend on the catalog once it is known. */
void table_state_name(Table *table, Arena *arena);
void table_fingerprint(Table *table);

#endif

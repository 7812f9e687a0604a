/* base_build.h - the parts that base_parse puts together. Each takes the JSON beside what was read from it, so that a
 * problem can name its place. */
#ifndef ARTSYNC_MODEL_BASE_BUILD_H
#define ARTSYNC_MODEL_BASE_BUILD_H

#include "json_shape.h"

/* "metadata" of a table: { "is_active": "other_name" | null, ... }. Before it is read, every role has its own name. */
void metadata_defaults(Table *table);
void read_metadata(const Node *value, void *table);

/* All keys of base.json, one list for each JsonKey table: what docs/REFERENCE.md has to explain. */
typedef struct KeyList {
    const char *object; /* "base", "table", "id", "metadata", "column", "derive" */
    const JsonKey *keys;
    size_t n;
} KeyList;
extern const KeyList base_key_lists[3], metadata_key_lists[1], column_key_lists[2];

/* "decimal_mark" and "time_zone", which base, table and column may have. */
DecimalMark read_mark(const Node *value);
const char *read_zone(const Node *value);

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

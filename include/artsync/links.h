/* links.h - the rows a link can point at: found by record id or by name, whole known names before splitting.
 *
 * Filled by sync (from the database, after the linked table was applied) or by tests; asked by the link type.
 * Names are compared exactly, then trimmed, then without case (Unicode case folding). Several rows may share a name:
 * that is ambiguous, not an error of the index.
 *
 * A name in an export means the record that carries it in the same export, whatever people made of the rows' names
 * since. So the names of the export's own records come first, where they are known (link_index_export), and the rows'
 * second.
 *
 * Ownership: the index copies all strings into itself; what link_* functions return dies with it.
 */
#ifndef ARTSYNC_LINKS_H
#define ARTSYNC_LINKS_H

#include <stdbool.h>
#include <stddef.h>

#include "artsync/mem.h"

typedef struct LinkIndex LinkIndex;

LinkIndex *link_index_new(void);
void link_index_free(LinkIndex *index); /* accepts NULL */

/* One row: its record id, the name a link cell would show (NULL: none), its primary key as text, and whether the id
 * is derived or generated rather than Airtable's. */
void link_index_add(LinkIndex *index, const char *id, const char *name, const char *key, bool derived_id);

/* The row with this record id, if there is one, is represented by another id (former.h). */
void link_index_identity(LinkIndex *index, const char *id, const char *identity);

/* The names of the export's records follow, with link_index_export_name; `synced`: the rows are those of this very
 * export, so that a record without a row was rejected. */
void link_index_export(LinkIndex *index, bool synced);
bool link_index_has_export(const LinkIndex *index);
/* The export's record `id` carries `name`. */
void link_index_export_name(LinkIndex *index, const char *id, const char *name);

/* How a link was resolved. */
typedef enum LinkOutcome {
    LINK_FOUND,
    LINK_NONE,
    LINK_AMBIGUOUS,
    LINK_NO_ROW /* a record of the export has the name, but no row: it was rejected */
} LinkOutcome;

typedef struct Link { /* a row, as it was added */
    const char *id;   /* or NULL */
    const char *identity; /* the id that represents the row in the last-synced state: most often the same */
    const char *key;
    bool derived_id;
    bool other_row;   /* by name: it is the export's record, and another row has this name in the database */
} Link;

/* By record id, or by one whole name. *link is set by LINK_FOUND; of LINK_NO_ROW its id alone. */
LinkOutcome link_by_id(const LinkIndex *index, Str id, Link *link);
LinkOutcome link_by_name(const LinkIndex *index, Str name, Link *link);

/* The id of the export's one record of this name; "": it has none; "\1": several. */
const char *link_export_id(const LinkIndex *index, Str name);

/* The id that represents the row with this primary key, or NULL. */
const char *link_identity_of_key(const LinkIndex *index, const char *key);

/* Split a linked-record cell (Airtable: names joined by ",", a name that holds a comma or quote CSV-quoted
 * inside the cell, trailing blanks and newlines kept) into elements, preferring whole known names over
 * splitting at every comma. Elements are views into memory of `arena`. Returns how many; 0 for an empty cell.
 * `index` may be NULL: plain split. */
size_t link_split(const LinkIndex *index, Str cell, Arena *arena, Str **elements);

/* Split a cell of record ids ("recA, recB"): any commas and white space. */
size_t link_split_ids(Str cell, Arena *arena, Str **elements);

#endif

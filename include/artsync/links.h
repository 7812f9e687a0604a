/* links.h - the rows a link can point at: found by record id or by name, whole known names before splitting.
 *
 * Filled by sync (from the database, after the linked table was applied) or by tests; asked by the link type.
 * Names are compared exactly, then trimmed, then without case (Unicode case folding). Several rows may share a name:
 * that is ambiguous, not an error of the index.
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

/* How a link was resolved. */
typedef enum LinkOutcome { LINK_FOUND, LINK_NONE, LINK_AMBIGUOUS } LinkOutcome;

typedef struct Link { /* a row, as it was added */
    const char *id;   /* or NULL */
    const char *key;
    bool derived_id;
} Link;

/* By record id, or by one whole name. *link is set only by LINK_FOUND. */
LinkOutcome link_by_id(const LinkIndex *index, Str id, Link *link);
LinkOutcome link_by_name(const LinkIndex *index, Str name, Link *link);

/* The record id of the row with this primary key, or NULL. */
const char *link_id_of_key(const LinkIndex *index, const char *key);

/* Split a linked-record cell (Airtable: names joined by ",", a name that holds a comma or quote CSV-quoted inside the
 * cell, trailing blanks and newlines kept) into elements, preferring whole known names over splitting at every comma.
 * Elements are views into memory of `arena`. Returns how many; 0 for an empty cell. `index` may be NULL: plain split. */
size_t link_split(const LinkIndex *index, Str cell, Arena *arena, Str **elements);

/* Split a cell of record ids ("recA, recB"): any commas and white space. */
size_t link_split_ids(Str cell, Arena *arena, Str **elements);

#endif

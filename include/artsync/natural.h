/* natural.h - rows by natural key: which row is a record's where it has no real id.
 *
 * Two kinds of id are not Airtable's, both of 20 characters:
 *
 *     OFFSET   SIZE   derived: sync gives it to new rows of a file without ids
 *     0        4      key_
 *     4        16     lower-case hexadecimal digits: XXH3-64, seed 0, over the cleaned values of the natural key, in
 *                     the order of base.json's natural_key (NULL: nothing), each with a byte 1F behind it; seed 1 and
 *                     so on where the id with the seed before was that of a row which has got a real id since
 *
 *     OFFSET   SIZE   generated: the id column's default, which the business's own application gets
 *     0        4      app_
 *     4        16     lower-case hexadecimal digits, random
 *
 * A row with such an id is adopted when a record with its natural key has the real one; a real id is never replaced.
 */
#ifndef ARTSYNC_NATURAL_H
#define ARTSYNC_NATURAL_H

#include <stdbool.h>

#include "artsync/base.h"
#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/pg.h"
#include "artsync/record.h"

typedef struct Natural Natural;

/* Read the natural keys of the table's rows; with `only_generated` only of rows whose id is derived or generated. */
bool natural_load(Natural **natural, Pg *pg, const Table *table, bool only_generated, Err *err);
size_t natural_count(const Natural *natural); /* distinct keys */
void natural_free(Natural *natural); /* accepts NULL */

typedef enum NaturalOutcome { NATURAL_FOUND, NATURAL_NONE, NATURAL_AMBIGUOUS, NATURAL_NULL } NaturalOutcome;

/* The row whose natural key the values hold; *id lives as long as the index. NATURAL_NULL: every part of the
 * key is empty. */
NaturalOutcome natural_find(const Natural *natural, const Table *table, const Value *values, const char **id);

/* The derived id of a natural key: 20 characters, in `arena`. `attempt` is 0; 1 and so on give others. NULL:
 * every part of the key is empty. */
const char *natural_derive(const Table *table, const Value *values, unsigned attempt, Arena *arena);

bool id_is_airtable(const char *id);

#endif

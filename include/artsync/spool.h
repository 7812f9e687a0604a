/* spool.h - JSON objects, one a line, kept for printing after the transaction ended.
 *
 * What a sync reports (rejects, conflicts, changes) can be larger than memory and may only be printed once the outcome
 * is known. A Spool holds the lines in memory up to a bound, then in an unlinked temporary file.
 */
#ifndef ARTSYNC_SPOOL_H
#define ARTSYNC_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/err.h"
#include "artsync/mem.h"

typedef struct Spool Spool;

Spool *spool_new(void);
void spool_free(Spool *spool); /* accepts NULL */

/* Add one complete JSON object without line breaks. ERR_IO if the disk is full. */
bool spool_add(Spool *spool, const char *json, Err *err);
int64_t spool_count(const Spool *spool);

/* Every line in order, `line` without its newline. May be called again. Stops and returns false if `each` does. */
typedef bool SpoolFn(void *ctx, const char *line, Err *err);
bool spool_each(Spool *spool, SpoolFn *each, void *ctx, Err *err);

#endif

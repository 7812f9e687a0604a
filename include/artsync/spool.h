/* spool.h - records, kept for printing after the transaction ended.
 *
 * What a sync reports (rejects, conflicts, changes) can be larger than memory and may only be printed once the outcome
 * is known. A Spool holds records in memory up to a bound, then in an unlinked temporary file. A record is a list of
 * cells (cells.h), each a text or NULL; the code that fills a spool defines which cells its records have.
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

/* Add one record: its cells as a line that cells_add made. ERR_IO if the disk is full. */
bool spool_add(Spool *spool, const char *line, Err *err);
int64_t spool_count(const Spool *spool); /* NULL: 0 */

/* Every record in order. May be called again. Stops and returns false if `each` does. */
typedef bool SpoolFn(void *ctx, const char *const *cells, int n, Err *err);
bool spool_each(Spool *spool, SpoolFn *each, void *ctx, Err *err);

#endif

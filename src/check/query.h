/* query.h - the text of a check's file, made ready to be put inside another query. */
#ifndef ARTSYNC_CHECK_QUERY_H
#define ARTSYNC_CHECK_QUERY_H

#include "artsync/mem.h"

/* The query of `text` without the semicolon at its end and the comments behind it, in `arena`. *broken is set where it
 * is no single query without parameters. */
const char *check_query(const char *text, size_t size, Arena *arena, const char **broken);

#endif

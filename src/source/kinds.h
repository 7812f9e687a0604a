/* kinds.h - which kind of source reads what; kinds.c lists them. */
#ifndef ARTSYNC_SOURCE_KINDS_H
#define ARTSYNC_SOURCE_KINDS_H

#include "artsync/source.h"

/* The kind that reads a table (NULL: not known) at `location`. */
const SourceKind *source_kind_of(const Table *table, const char *location);

#endif

/* kinds.h - the kinds of sources: each is one row in its own folder, and kinds.c lists them. */
#ifndef ARTSYNC_SOURCE_KINDS_H
#define ARTSYNC_SOURCE_KINDS_H

#include "artsync/source.h"

extern const SourceKind csv_source;

/* The kind that reads `location`. */
const SourceKind *source_kind_of(const char *location);

#endif

/* kinds.c - the one place that picks a source: add a kind by its row here and its folder beside. */
#include "kinds.h"

/* The first one that takes a location reads it; the last takes all. */
#define KINDS(ROW)                                                                                                     \
    ROW(postgres_source)                                                                                               \
    ROW(csv_source)

#define DECLARED(kind) extern const SourceKind kind;
#define LISTED(kind) &kind,

KINDS(DECLARED)

static const SourceKind *const kinds[] = {KINDS(LISTED)};
enum { LAST = sizeof kinds / sizeof kinds[0] - 1 };

const SourceKind *source_kind_of(const Table *table, const char *location)
{
    for (int i = 0; i < LAST; i++)
        if (kinds[i]->takes(table, location))
            return kinds[i];
    return kinds[LAST];
}

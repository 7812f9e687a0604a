/* kinds.c - the one place that picks a source. A kind is a row here; a second one brings what tells their locations apart. */
#include "kinds.h"

static const SourceKind *const kinds[] = {&csv_source};

const SourceKind *source_kind_of(const char *location)
{
    (void)location;
    return kinds[0];
}

/* internal.h - between the files of src/compare. */
#ifndef ARTSYNC_COMPARE_INTERNAL_H
#define ARTSYNC_COMPARE_INTERNAL_H

#include "artsync/parity.h"
#include "artsync/writer.h"

typedef struct CompareOptions {
    ParityTable *parity; /* receives what differs */
} CompareOptions;

extern const RecordWriter compare_writer; /* options: CompareOptions */

#endif

/* load.h - the writer of the first load: COPY straight into an empty table and its state, keys added back
 * afterwards. */
#ifndef ARTSYNC_LOAD_H
#define ARTSYNC_LOAD_H

#include "artsync/spool.h"
#include "artsync/stage.h"
#include "artsync/writer.h"

typedef struct LoadOptions {
    Stage *stage;       /* for rejected records alone */
    bool *fresh;        /* per base table: this run loads it from empty; the writer sets its own table's */
    Spool *conflicts;   /* there are none; history_write wants it */
} LoadOptions;

/* Can it be used? The table and its state are empty, and what was written needs not be read back: no trigger changes
 * it. */
bool load_is_possible(const TableRun *run);

extern const RecordWriter load_writer; /* options: LoadOptions */

#endif

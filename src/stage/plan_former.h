/* plan_former.h - the statements over artsync.former_ids (former.h). */
#ifndef ARTSYNC_STAGE_PLAN_FORMER_H
#define ARTSYNC_STAGE_PLAN_FORMER_H

#include "artsync/base.h"

/* Staged records whose row had another id. */
#define PLAN_ADOPTED "s.live AND s.op = 'u' AND s.at_id::text <> s.id"

/* The ids that adopted rows had. No parameter. */
void plan_note_former(Buf *out, const Table *table);
/* What the adopted id has had as former ids belongs to the new id. No parameter. */
void plan_pass_former(Buf *out, const Table *table);
/* Staged records that get a row of their own although the row that they had once is there under its former id: the ids
 * are of two rows from now on. A former id that is a row's own leads to itself then. Returns how many there are. No
 * parameter. */
void plan_part_former(Buf *out, const Table *table);
/* An id that represents a record in the last-synced state under another id: the id, that other one, has either a row?
 */
void plan_former_ids(Buf *out, const Table *table);

#endif

/* plan_identity.h - statements that read what identifies rows; each function appends one to `out`. */
#ifndef ARTSYNC_IDENTITY_PLAN_IDENTITY_H
#define ARTSYNC_IDENTITY_PLAN_IDENTITY_H

#include "artsync/plan.h"

/* For the record index, as binary COPY: record_id, raw, deactivated of the state; id, active, hashtext(id) of
 * the rows. */
void plan_index_state(Buf *out, const Table *table);
void plan_index_rows(Buf *out, const Table *table);

/* Id and natural key of every row; with `only_generated` of those whose id is derived or generated. */
void plan_natural_keys(Buf *out, const Table *table, bool only_generated);

/* One value: changes with the rows that links to `table` can mean. */
void plan_links_fingerprint(Buf *out, const Table *table);

#endif

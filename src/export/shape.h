/* shape.h - one value from PostgreSQL's text to Airtable's cell: the way back of cleaning. */
#ifndef ARTSYNC_EXPORT_SHAPE_H
#define ARTSYNC_EXPORT_SHAPE_H

#include "artsync/base.h"
#include "artsync/mem.h"

/* The cell for `text` (NULL: NULL) of `column`; not for links. May be `text` itself, or live in `scratch`, which is
 * cleared first. */
const char *shape_cell(const Column *column, DateOrder order, const char *text, Buf *scratch);

/* The cell for a link to the row called `name` (NULL: no row). */
const char *shape_link(const char *name, Buf *scratch);

#endif

/* edits.h - what "transform" and "mask" make of a record's cells, before anything else looks at them: skip rules,
 * hashes, types, rejects and reports only see what these left. */
#ifndef ARTSYNC_CLEAN_EDITS_H
#define ARTSYNC_CLEAN_EDITS_H

#include "internal.h"

/* The cell after the column's steps. It is valid UTF-8; an empty cell stays empty. */
Str transform_apply(const Column *column, Str cell, Arena *arena);

/* What is written in place of the cell; the column has a mask. `key` may be NULL. */
Str mask_apply(const Column *column, Str cell, const char *key, Arena *arena);

/* Both, of one cell: "" and null tokens stay; a cell that is not UTF-8 stays what its type refuses, and shows nothing
 * of it where it is masked. The cell has a NUL behind it, and so has the result. */
Str edited_cell(const Column *column, Str cell, Arena *arena, const Base *base);

/* The record with its cells edited: `record` itself where nothing changes; else a copy in `arena`, as `copy`. Of a
 * record with too many or too few cells it is not known which is which: all are emptied where the table has masks. */
const RawRecord *edited_record(const Binding *binding, const RawRecord *record, RawRecord *copy, Arena *arena);

#endif

/* edits.c - "transform" and "mask", cell by cell and record by record. */
#include "edits.h"

#include "artsync/utf8.h"

/* Bytes that no type takes and that tell nothing. */
static const char invalid[] = "\xFF";

static Str with_nul(Str text, Arena *arena)
{
    return text.p[text.n] ? (Str){arena_strn(arena, text.p, text.n), text.n} : text;
}

static bool says_nothing(Str cell, const Base *base)
{
    Str text = utf8_trim(cell);
    return text.n == 0 || names_hold(&base->null_tokens, text);
}

Str edited_cell(const Column *column, Str cell, Arena *arena, const Base *base)
{
    bool masked = column->mask.kind != MASK_NONE;
    if (says_nothing(cell, base))
        return cell;
    if (!utf8_valid(cell, NULL) || !utf8_stream_safe(cell))
        return masked ? str_of(invalid) : cell;
    cell = transform_apply(column, cell, arena);
    if (masked && !says_nothing(cell, base))
        cell = mask_apply(column, cell, base->mask_key, arena);
    return with_nul(cell, arena);
}

static bool has_steps(const Table *table)
{
    bool any = false;
    for (int i = 0; i < table->n_columns; i++)
        any = any || table->columns[i].n_transform > 0;
    return any;
}

/* `only_masks`: what may be kept of the record; the steps of "transform" come when it is read again. */
static const RawRecord *edit_record(const Binding *binding, bool only_masks, const RawRecord *record, RawRecord *copy,
                                    Arena *arena)
{
    const Table *table = binding->table;
    bool ragged = record->n_cells != binding->n_headers, masks = table_has_masks(table);
    if (!masks && (only_masks || ragged || !has_steps(table)))
        return record;
    Str *cells = arena_alloc(arena, sizeof *cells * (size_t)(record->n_cells + 1));
    for (int i = 0; i < record->n_cells; i++)
        cells[i] = ragged ? STR("") : record->cells[i];
    *copy = (RawRecord){record->position, cells, record->n_cells};
    for (int i = 0; i < table->n_columns && !ragged; i++) {
        const Column *column = &table->columns[i];
        int at = binding->cells[i], ids = binding->ids[i];
        bool masked = column->mask.kind != MASK_NONE;
        if (at >= 0 && (masked || (!only_masks && column->n_transform > 0)))
            cells[at] = edited_cell(column, record->cells[at], arena, table->base);
        if (ids >= 0 && masked) /* a link, which only NULL masks */
            cells[ids] = STR("");
    }
    return copy;
}

const RawRecord *edited_record(const Binding *binding, const RawRecord *record, RawRecord *copy, Arena *arena)
{
    return edit_record(binding, false, record, copy, arena);
}

bool record_mask(const Table *table, const RawRecord *header, const RawRecord *record, RawRecord *masked, Arena *arena,
                 Err *err)
{
    Binding binding;
    bool ok = binding_make(&binding, table, "the records", header, NULL, err);
    if (ok && edit_record(&binding, true, record, masked, arena) == record)
        *masked = *record;
    binding_free(&binding);
    return ok;
}

/* masked.c - what is kept of the records of a table with masked columns: their cells as they are written, never the
 * real ones. Header and records are then plain CSV, whatever the file was. */
#include "artsync/clean.h"
#include "artsync/csv_writer.h"
#include "artsync/source.h"
#include "run.h"

/* Header and one record, as the source reads them. */
typedef struct Pair {
    Arena arena;
    RawRecord header, record;
    int n;
} Pair;

static bool take_pair(void *ctx, const RawRecord *record, Err *err)
{
    (void)err;
    Pair *pair = ctx;
    Str *cells = arena_alloc(&pair->arena, sizeof *cells * (size_t)(record->n_cells + 1));
    for (int i = 0; i < record->n_cells; i++)
        cells[i] = (Str){arena_strn(&pair->arena, record->cells[i].p, record->cells[i].n), record->cells[i].n};
    *(pair->n++ ? &pair->record : &pair->header) = (RawRecord){record->position, cells, record->n_cells};
    return true;
}

/* False: they cannot be read, which is no error here. */
static bool parse_pair(Str header, Str record, Pair *pair)
{
    Buf both = {0};
    Err why = {0};
    buf_add(&both, header.p, header.n);
    buf_char(&both, '\n');
    buf_add(&both, record.p, record.n);
    bool ok = source_parse(buf_view(&both), "the rejected record", take_pair, pair, &why);
    err_clear(&why);
    buf_free(&both);
    return ok;
}

static void write_cells(Buf *out, const RawRecord *record)
{
    buf_clear(out);
    for (int i = 0; i < record->n_cells; i++) {
        if (i > 0)
            buf_char(out, ',');
        csv_quote_element(out, record->cells[i].p);
    }
}

bool masked_record(const Table *table, Str header, Buf *record, Err *err)
{
    if (!table_has_masks(table))
        return true;
    Pair pair = {0};
    RawRecord masked = {0};
    bool whole =
        parse_pair(header, buf_view(record), &pair) && pair.n == 2 && pair.record.n_cells == pair.header.n_cells;
    bool ok = !whole || record_mask(table, &pair.header, &pair.record, &masked, &pair.arena, err);
    write_cells(record, &masked);
    arena_free(&pair.arena);
    return ok;
}

bool masked_header(const Table *table, Buf *header)
{
    Pair pair = {0};
    if (table_has_masks(table) && parse_pair(buf_view(header), STR(""), &pair) && pair.n > 0)
        write_cells(header, &pair.header);
    arena_free(&pair.arena);
    return true;
}

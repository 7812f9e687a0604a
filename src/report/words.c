/* words.c - what the forms for people share: a cell as people read it. */
#include <stdlib.h>

#include "artsync/cells.h"
#include "artsync/out.h"
#include "form.h"

enum { HASH_SHOWN = 12 };

bool form_is_nested(const Report *report) { return report->depth > 1; }

bool form_has_headings(const ReportTable *table)
{
    for (int i = 0; i < table->n_columns; i++)
        if (table->columns[i].heading)
            return true;
    return false;
}

static const char *joined(const char *packed, Arena *arena)
{
    Cells cells = {0};
    Buf text = {0};
    cells_split(arena_str(arena, packed), &cells);
    for (int i = 0; i < cells.n; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", cells.items[i] ? cells.items[i] : "");
    const char *copy = arena_str(arena, buf_view(&text).p);
    buf_free(&text);
    cells_free(&cells);
    return copy;
}

/* A cell as people read it. */
const char *cell_words(const ReportColumn *column, const char *cell, Arena *arena)
{
    if (!cell)
        return column->none ? column->none : "";
    switch (column->type) {
    case CELL_COUNT:
        return out_count(strtoll(cell, NULL, 10), arena);
    case CELL_DURATION:
        return out_duration(strtoll(cell, NULL, 10), arena);
    case CELL_AGE:
        return out_age(strtoll(cell, NULL, 10), arena);
    case CELL_SYNC_ID:
        return out_short_id(cell, arena);
    case CELL_HASH:
        return arena_strn(arena, cell, strnlen(cell, HASH_SHOWN));
    case CELL_FLAG:
        return cell[0] == 't' ? "yes" : "no";
    case CELL_LIST:
    case CELL_CHANGES:
        return joined(cell, arena);
    case CELL_TEXT:
        break;
    }
    return cell;
}

#include "artsync/cells.h"

#include <stdlib.h>

void cells_add(Buf *line, const char *text)
{
    if (!text)
        buf_str(line, "\\N");
    for (const char *p = text; p && *p;) {
        size_t plain = strcspn(p, "\\\t\n\r");
        buf_add(line, p, plain);
        p += plain;
        if (!*p)
            break;
        buf_char(line, '\\');
        buf_char(line, *p == '\t' ? 't' : *p == '\n' ? 'n' : *p == '\r' ? 'r' : *p);
        p++;
    }
    buf_char(line, '\t');
}

void cells_number(Buf *line, int64_t n) { buf_printf(line, "%lld\t", (long long)n); }

/* The cell at *from, written at *to; both are moved on. NULL for \N. */
static const char *take_cell(char **from, char **to)
{
    char *p = *from, *out = *to, *cell = out;
    bool null = p[0] == '\\' && p[1] == 'N';
    for (; *p && *p != '\t'; p++) {
        if (*p == '\\' && p[1]) {
            p++;
            *out++ = *p == 't' ? '\t' : *p == 'n' ? '\n' : *p == 'r' ? '\r' : *p;
        } else {
            *out++ = *p;
        }
    }
    *from = *p ? p + 1 : p;
    *out++ = '\0'; /* in the place of the tab, or before it */
    *to = out;
    return null ? NULL : cell;
}

void cells_split(char *line, Cells *cells)
{
    char *from = line, *to = line;
    cells->n = 0;
    while (*from) {
        ARRAY_RESERVE(cells->items, cells->n, cells->cap);
        cells->items[cells->n++] = take_cell(&from, &to);
    }
}

void cells_free(Cells *cells)
{
    free(cells->items);
    *cells = (Cells){0};
}

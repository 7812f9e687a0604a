/* cells.h - a list of texts in one line of text: how a report keeps records until it can print them.
 *
 * Every cell ends with a tab; NULL is \N; backslash, tab, line feed and carriage return are escaped, so that lines can
 * be kept one below the other, and a line can be a cell of another line.
 */
#ifndef ARTSYNC_CELLS_H
#define ARTSYNC_CELLS_H

#include <stdint.h>

#include "artsync/mem.h"

/* Add one cell at the end of `line`; NULL stays apart from "". */
void cells_add(Buf *line, const char *text);
void cells_number(Buf *line, int64_t n);

/* A line taken apart: `items` are valid until the line that was given changes. */
typedef struct Cells {
    const char **items;
    int n, cap;
} Cells;

/* Take `line` apart in place: its bytes are overwritten and carry the cells. `cells` may be reused; end with
 * cells_free. */
void cells_split(char *line, Cells *cells);
void cells_free(Cells *cells);

#endif

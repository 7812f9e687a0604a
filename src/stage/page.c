/* page.c - how many rows the next page may have. */
#include "artsync/page.h"

#include <stdio.h>

#include "artsync/stage.h"

enum { FIRST = 500 };

static Page page_of(int most)
{
    Page page = {.most = most};
    snprintf(page.rows, sizeof page.rows, "%d", most);
    snprintf(page.bytes, sizeof page.bytes, "%d", (int)BATCH_BYTES);
    return page;
}

Page page_first(void) { return page_of(FIRST); }

void page_next(Page *page, int got)
{
    int twice = got > BATCH_RECORDS / 2 ? BATCH_RECORDS : 2 * got;
    *page = page_of(twice > 0 ? twice : 1);
}

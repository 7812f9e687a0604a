/* page.c - how many rows the next page may have. */
#include "artsync/page.h"

#include "artsync/stage.h"

enum { FIRST = 500 };

Page page_first(void) { return (Page){FIRST}; }

void page_next(Page *page, int got)
{
    int twice = got > BATCH_RECORDS / 2 ? BATCH_RECORDS : 2 * got;
    page->most = twice > 0 ? twice : 1;
}

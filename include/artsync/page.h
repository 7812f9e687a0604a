/* page.h - pages of rows, bounded in rows and in bytes, whatever the rows' size.
 *
 * A statement gets both bounds as parameters and returns the first of its rows that fit: at least one. How many it
 * looks at follows what fitted last, so that finding out where a page ends costs no more than reading it.
 */
#ifndef ARTSYNC_PAGE_H
#define ARTSYNC_PAGE_H

typedef struct Page {
    int most; /* rows that the next page may have; in bytes it is BATCH_BYTES (stage.h) */
} Page;

Page page_first(void);
/* The page had `got` rows. */
void page_next(Page *page, int got);

#endif

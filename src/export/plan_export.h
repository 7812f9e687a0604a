/* plan_export.h - which columns a file has, and the statement that gives its cells. */
#ifndef ARTSYNC_PLAN_EXPORT_H
#define ARTSYNC_PLAN_EXPORT_H

#include "artsync/pg.h"

typedef enum ExportCellKind { EXPORT_VALUE, EXPORT_LINK, EXPORT_ID, EXPORT_LINK_ID } ExportCellKind;

typedef struct ExportCell {
    const char *header;
    ExportCellKind kind;
    const Column *column; /* NULL: EXPORT_ID */
} ExportCell;

typedef struct ExportLayout {
    ExportCell *cells;
    int n;
} ExportLayout;

/* One cell per header that the mapping writes; in `arena`. */
ExportLayout export_layout(const Table *table, Arena *arena);

/* The rows of the table, a value per cell of the layout, by primary key. */
void plan_export(Buf *sql, const Table *table, const ExportLayout *layout, bool include_inactive);

#endif

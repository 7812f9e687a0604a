/* plan_backup.h - statements about the tables of a backup; each function appends one to `out`. */
#ifndef ARTSYNC_PLAN_BACKUP_H
#define ARTSYNC_PLAN_BACKUP_H

#include "artsync/pg.h"

/* How many rows the table has, and the sum of a 64-bit hash of each. */
void plan_measure(Buf *out, const char *schema, const char *table);
void plan_any_row(Buf *out, const char *schema, const char *table); /* one boolean */
void plan_make_schema(Buf *out, const char *schema);

#endif

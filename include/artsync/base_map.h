/* base_map.h - a base that is made from the options of `artsync map` instead of a file: one table, whose rows are only
 * updated, from a table of another database. As text it is a base.json, which is kept beside the runs that it wrote.
 */
#ifndef ARTSYNC_BASE_MAP_H
#define ARTSYNC_BASE_MAP_H

#include "artsync/base.h"

#define MAP_BASE "map" /* the name of such a base */

typedef struct MapColumn {
    const char *from, *to; /* its names in the source and in the target */
    const char *transform; /* a step of "transform"; or NULL */
    const char *mask;      /* or NULL */
} MapColumn;

typedef struct MapSpec {
    const char *setting;        /* the name of the setting that holds the source's connection string */
    const char *from_table;     /* "schema.table" */
    const char *schema, *table; /* of the target */
    const char *where;          /* a condition on the source's rows; or NULL */
    const MapColumn *columns;   /* the key's columns first */
    int n_columns, n_key;
} MapSpec;

/* The base.json. `catalog` gives the columns their types; NULL: all are text. malloc'ed. */
char *base_map_text(const MapSpec *spec, const CatalogTable *catalog);

/* The base of such a text. NULL: `err` says which option is wrong. */
Base *base_map(const char *text, Err *err);

/* One without any table: for a database that only gets artsync's own schema. */
Base *base_map_empty(void);

#endif

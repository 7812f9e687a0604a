#include "artsync/catalog.h"

#include <string.h>

int catalog_column(const CatalogTable *table, const char *name)
{
    for (int i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return i;
    return -1;
}

const CatalogColumn *catalog_numbered(const CatalogTable *table, const CatalogKey *key)
{
    const CatalogColumn *column = key->n_columns == 1 && !key->parts ? &table->columns[key->columns[0]] : NULL;
    return column && column->sequence ? column : NULL;
}

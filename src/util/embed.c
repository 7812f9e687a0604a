#include "artsync/embed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_path(const void *key, const void *file) { return strcmp(key, ((const EmbeddedFile *)file)->path); }

const EmbeddedFile *embedded_find(const char *path)
{
    return bsearch(path, embedded_files, embedded_count, sizeof embedded_files[0], by_path);
}

const char *sql_query(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "queries/%s.sql", name);
    const EmbeddedFile *file = embedded_find(path);
    if (!file) {
        fprintf(stderr, "artsync: sql/%s is not in this binary\n", path);
        abort();
    }
    return file->data;
}

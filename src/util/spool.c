#include "artsync/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/file.h"

enum { SPOOL_MEMORY = 4 * 1024 * 1024 };

struct Spool {
    Buf memory;
    FILE *file; /* unlinked; NULL while everything fits into memory */
    int64_t count;
};

Spool *spool_new(void) { return mem_alloc(sizeof(Spool)); }

void spool_free(Spool *spool)
{
    if (!spool)
        return;
    buf_free(&spool->memory);
    if (spool->file)
        fclose(spool->file);
    free(spool);
}

static bool spill(Spool *spool, Err *err)
{
    if (!spool->file && !(spool->file = file_temporary(err)))
        return false;
    if (fseek(spool->file, 0, SEEK_END) != 0 ||
        fwrite(spool->memory.data, 1, spool->memory.len, spool->file) != spool->memory.len ||
        fflush(spool->file) != 0)
        return err_set(err, ERR_IO, "set TMPDIR to a folder with more free space",
                       "cannot write the report to a temporary file in %s: %s", file_temporary_folder(),
                       strerror(errno));
    buf_clear(&spool->memory);
    return true;
}

bool spool_add(Spool *spool, const char *json, Err *err)
{
    buf_str(&spool->memory, json);
    buf_char(&spool->memory, '\n');
    spool->count++;
    return spool->memory.len < SPOOL_MEMORY || spill(spool, err);
}

int64_t spool_count(const Spool *spool) { return spool->count; }

static bool each_in_file(Spool *spool, SpoolFn *each, void *ctx, Err *err)
{
    char *line = NULL;
    size_t cap = 0;
    bool ok = true;
    ssize_t n;
    rewind(spool->file);
    while (ok && (n = getline(&line, &cap, spool->file)) > 0) {
        line[n - 1] = '\0';
        ok = each(ctx, line, err);
    }
    if (ok && !feof(spool->file)) /* an error, or no memory for the line */
        ok = err_set(err, ERR_IO, NULL, "cannot read the report back: %s", strerror(errno));
    free(line);
    return ok;
}

bool spool_each(Spool *spool, SpoolFn *each, void *ctx, Err *err)
{
    if (spool->file && !each_in_file(spool, each, ctx, err))
        return false;
    char *end = spool->memory.data ? spool->memory.data + spool->memory.len : NULL;
    for (char *line = spool->memory.data; line < end;) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        *newline = '\0';
        bool ok = each(ctx, line, err);
        *newline = '\n';
        if (!ok)
            return false;
        line = newline + 1;
    }
    return true;
}

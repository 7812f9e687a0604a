#include "artsync/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/cells.h"
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

bool spool_add(Spool *spool, const char *line, Err *err)
{
    buf_str(&spool->memory, line);
    buf_char(&spool->memory, '\n');
    spool->count++;
    return spool->memory.len < SPOOL_MEMORY || spill(spool, err);
}

int64_t spool_count(const Spool *spool) { return spool ? spool->count : 0; }

/* A reader of records: what it is called with, and the memory that it uses again for each. */
typedef struct Reader {
    SpoolFn *each;
    void *ctx;
    Cells cells;
    Buf copy; /* of a line that has to stay as it is */
} Reader;

static bool read_line(Reader *reader, char *line, Err *err)
{
    cells_split(line, &reader->cells);
    return reader->each(reader->ctx, reader->cells.items, reader->cells.n, err);
}

static bool each_in_file(Spool *spool, Reader *reader, Err *err)
{
    char *line = NULL;
    size_t cap = 0;
    bool ok = true;
    ssize_t n;
    rewind(spool->file);
    while (ok && (n = getline(&line, &cap, spool->file)) > 0) {
        line[n - 1] = '\0';
        ok = read_line(reader, line, err);
    }
    if (ok && !feof(spool->file)) /* an error, or no memory for the line */
        ok = err_set(err, ERR_IO, NULL, "cannot read the report back: %s", strerror(errno));
    free(line);
    return ok;
}

static bool each_in_memory(const Spool *spool, Reader *reader, Err *err)
{
    const char *line = spool->memory.data, *end = line ? line + spool->memory.len : NULL;
    bool ok = true;
    while (ok && line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        buf_clear(&reader->copy);
        buf_add(&reader->copy, line, (size_t)(newline - line));
        ok = read_line(reader, reader->copy.data, err);
        line = newline + 1;
    }
    return ok;
}

bool spool_each(Spool *spool, SpoolFn *each, void *ctx, Err *err)
{
    Reader reader = {.each = each, .ctx = ctx};
    bool ok = (!spool->file || each_in_file(spool, &reader, err)) && each_in_memory(spool, &reader, err);
    cells_free(&reader.cells);
    buf_free(&reader.copy);
    return ok;
}

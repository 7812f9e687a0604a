/* kind.c - a table or a query of another PostgreSQL as a source of records. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../csv/internal.h"
#include "internal.h"

static bool takes(const Table *table, const char *location)
{
    return table && table->from.database && strcmp(location, table->from.name) == 0;
}

/* A run that waits for another one holds no transaction: it would keep old rows of the other database alive. */
static bool check(const Source *source, Err *err)
{
    Database *database = database_of(source, err);
    if (!database || database->reading)
        return database != NULL;
    Buf select = {0};
    bool ok = database_begin(database, err) && ((rows_select(database->pg, source->table, &select, err) &&
                                                 identity_check(source, database, select.data, err)) ||
                                                err_context(err, "%s", source->location));
    pg_rollback(database->pg);
    database->reading = false;
    buf_free(&select);
    return ok;
}

static bool fingerprint(Source *source, char hash[SHA256_HEX], Err *err)
{
    Rows *rows;
    if (!rows_fetch(source, &rows, err))
        return false;
    memcpy(hash, rows->sha256, sizeof rows->sha256);
    return true;
}

static bool size(const Source *source, int64_t *bytes, Err *err)
{
    Rows *rows;
    if (!rows_fetch(source, &rows, err))
        return false;
    *bytes = rows->size;
    return true;
}

/* ---- the file that holds the rows ---- */

typedef struct Reading {
    int fd;
    int64_t at;
} Reading;

static bool fail_read(Err *err)
{
    return err_set(err, ERR_IO, NULL, "cannot read the rows back from their temporary file: %s", strerror(errno));
}

static ssize_t read_bytes(void *ctx, char *to, size_t space, Err *err)
{
    Reading *reading = ctx;
    ssize_t n;
    do
        n = pread(reading->fd, to, space, (off_t)reading->at);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        fail_read(err);
    reading->at += n > 0 ? n : 0;
    return n;
}

/* Rows are on no line: the number of the record represents it. */
typedef struct Numbered {
    RawSink *sink;
    void *ctx;
} Numbered;

static bool put_numbered(void *ctx, const RawRecord *record, Err *err)
{
    const Numbered *numbered = ctx;
    RawRecord row = *record;
    row.position.line = row.position.number;
    return numbered->sink(numbered->ctx, &row, err);
}

static bool read_rows(Source *source, RawSink *sink, void *ctx, char hash[SHA256_HEX], Err *err)
{
    Rows *rows;
    if (!rows_fetch(source, &rows, err))
        return false;
    Reading reading = {.fd = fileno(rows->file)};
    const CsvSource csv = {
        .name = source->location, .chunk = CSV_CHUNK, .tells_null = true, .read = read_bytes, .ctx = &reading};
    memcpy(hash, rows->sha256, sizeof rows->sha256);
    return csv_read_ahead(&csv, put_numbered, &(Numbered){sink, ctx}, err);
}

static int64_t reached(SourceLocator locator) { return locator.start + locator.length; }

static void *reread_begin(const Source *source, Err *err)
{
    Rows *rows;
    return rows_fetch(source, &rows, err) ? rows : NULL;
}

static bool reread(void *own, SourceLocator locator, Buf *bytes, Err *err)
{
    const Rows *rows = own;
    size_t n = (size_t)locator.length;
    buf_clear(bytes);
    buf_reserve(bytes, n);
    Reading reading = {fileno(rows->file), locator.start};
    while (bytes->len < n) {
        ssize_t got = read_bytes(&reading, bytes->data + bytes->len, n - bytes->len, err);
        if (got <= 0)
            return got < 0 ? false : fail_read(err);
        bytes->len += (size_t)got;
    }
    bytes->data[n] = '\0';
    return true;
}

static bool reread_end(const void *own, Err *err) /* the file is private */
{
    (void)own;
    (void)err;
    return true;
}

static void reread_free(void *own) { (void)own; }

const SourceKind postgres_source = {
    .name = "postgres",
    .without_lines = true,
    .takes = takes,
    .check = check,
    .fingerprint = fingerprint,
    .size = size,
    .reached = reached,
    .read = read_rows,
    .reread_begin = reread_begin,
    .reread = reread,
    .reread_end = reread_end,
    .reread_free = reread_free,
    .parse = csv_read_bytes,
};

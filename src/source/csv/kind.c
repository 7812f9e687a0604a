/* kind.c - a CSV file as a source of records. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "artsync/source.h"
#include "csv.h"

/* What csv_same_file compares, as the numbers of a mark. */
_Static_assert(sizeof(CsvMark) <= sizeof(SourceMark), "a mark of a CSV file fits");

static bool check(const Source *source, Err *err) { return csv_check(source->location, err); }

static bool fingerprint(Source *source, char hash[SHA256_HEX], Err *err)
{
    return csv_hash(source->location, hash, err);
}

static bool size(const Source *source, int64_t *bytes, Err *err)
{
    struct stat info;
    if (stat(source->location, &info) != 0)
        return err_set(err, ERR_IO, NULL, "%s: %s", source->location, strerror(errno));
    *bytes = (int64_t)info.st_size;
    return true;
}

static int64_t reached(SourceLocator locator) { return locator.start + locator.length; }

static bool read_file(Source *source, RawSink *sink, void *ctx, char hash[SHA256_HEX], Err *err)
{
    CsvFile file;
    if (!csv_read(source->location, sink, ctx, &file, err))
        return false;
    memcpy(hash, file.sha256, sizeof file.sha256);
    memcpy(&source->mark, &file.mark, sizeof file.mark);
    return true;
}

static void *reread_begin(const Source *source, Err *err)
{
    CsvMark own;
    memcpy(&own, &source->mark, sizeof own);
    return csv_reread_open(source->location, &own, err);
}

static bool reread(void *own, SourceLocator locator, Buf *bytes, Err *err)
{
    return csv_reread_bytes(own, locator.start, (size_t)locator.length, bytes, err);
}

static bool reread_end(const void *own, Err *err) { return csv_reread_unchanged(own, err); }

static void reread_free(void *own) { csv_reread_free(own); }

const SourceKind csv_source = {
    .name = "csv",
    .check = check,
    .fingerprint = fingerprint,
    .size = size,
    .reached = reached,
    .read = read_file,
    .reread_begin = reread_begin,
    .reread = reread,
    .reread_end = reread_end,
    .reread_free = reread_free,
    .parse = csv_read_bytes,
};

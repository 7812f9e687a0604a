/* kind.c - a CSV file as a source of records. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "artsync/source.h"
#include "csv.h"

/* What csv_same_file compares, in the words of a mark. */
_Static_assert(sizeof(CsvMark) <= sizeof(SourceMark), "a mark of a CSV file fits");

static bool size(const char *path, int64_t *bytes, Err *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return err_set(err, ERR_IO, NULL, "%s: %s", path, strerror(errno));
    *bytes = (int64_t)info.st_size;
    return true;
}

static bool read_file(const char *path, RawSink *sink, void *ctx, char hash[SHA256_HEX], SourceMark *mark, Err *err)
{
    CsvFile file;
    if (!csv_read(path, sink, ctx, &file, err))
        return false;
    memcpy(hash, file.sha256, sizeof file.sha256);
    memcpy(mark, &file.mark, sizeof file.mark);
    return true;
}

static void *reread_begin(const char *path, const SourceMark *mark, Err *err)
{
    CsvMark own;
    memcpy(&own, mark, sizeof own);
    return csv_reread_open(path, &own, err);
}

static bool reread(void *own, SourceLocator locator, Buf *bytes, Err *err)
{
    return csv_reread_bytes(own, locator.start, (size_t)locator.length, bytes, err);
}

static bool reread_end(const void *own, Err *err) { return csv_reread_unchanged(own, err); }

static void reread_free(void *own) { csv_reread_free(own); }

const SourceKind csv_source = {
    .name = "csv",
    .check = csv_check,
    .fingerprint = csv_hash,
    .size = size,
    .read = read_file,
    .reread_begin = reread_begin,
    .reread = reread,
    .reread_end = reread_end,
    .reread_free = reread_free,
    .parse = csv_read_bytes,
};
